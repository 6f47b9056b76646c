"""Mathematics that two stages share: games, a supply shared out by scores, draws that stay the same for ever."""
