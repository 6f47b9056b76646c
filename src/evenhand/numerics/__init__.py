"""Mathematics that two stages share: cooperative games, and draws that stay the same for ever."""
