"""The published formulas, as published; and why they are not used."""

import math

import numpy as np
import pytest

from evenhand.plaintext import plain
from evenhand.quality.diversity import all_pairs, cells, papers
from evenhand.quality.embedding import COSINE_ONE, embed, unit


def cloud(topics, documents, spread, seed=3):
    """Unit vectors around so many orthogonal topics, in turn."""
    rng = np.random.default_rng(seed)
    centres = np.eye(384)[:topics] * 1000
    noise = rng.integers(-1000, 1001, (documents, 384)) * spread / 384**0.5
    return unit(np.rint(centres[np.arange(documents) % topics] * 100 + noise * 100))


def test_clusters_far_apart_are_found():
    vectors = cloud(topics=3, documents=60, spread=0.3)
    _, owner = papers.k_means(vectors, 3, seed=4)
    assert len({(topic, int(cluster)) for topic, cluster in zip(np.arange(60) % 3, owner, strict=True)}) == 3


def test_each_vector_is_nearest_to_its_own_centroid_when_nothing_moves_any_more():
    vectors = cloud(topics=5, documents=80, spread=1.0)
    centroids, owner = papers.k_means(vectors, 8)
    assert ((vectors.astype(int) @ centroids.T.astype(int)).argmax(axis=1) == owner).all()
    for cluster in set(owner.tolist()):
        expected = unit(vectors[owner == cluster].astype(int).sum(axis=0, keepdims=True))[0]
        assert (centroids[cluster] == expected).all()


def test_k_means_changes_nothing_that_it_is_given():
    vectors = cloud(topics=2, documents=9, spread=1.0)
    before = vectors.copy()
    papers.k_means(vectors, 3)
    assert (vectors == before).all()


@pytest.mark.parametrize("documents", [0, 1, 7])
def test_fewer_documents_than_clusters_are_no_problem(documents):
    counted = papers.count(cloud(topics=2, documents=documents, spread=1.0))
    assert sum(counted.values()) == documents
    assert len(counted) == 50


def test_the_formulas_are_those_of_the_paper():
    counted = dict.fromkeys(papers.COUNTS, 0) | {"cluster_00": 3, "cluster_07": 1}
    assert papers.score_section7(counted) == 375_000
    entropy = -(0.75 * math.log(0.75) + 0.25 * math.log(0.25)) / math.log(50)
    assert papers.score_appendix_c(counted) == round(1_000_000 * entropy)
    nothing = dict.fromkeys(papers.COUNTS, 0)
    assert papers.score_section7(nothing) == papers.score_appendix_c(nothing) == 0


def test_clusters_fitted_to_one_topic_call_it_diverse():
    one = cloud(topics=1, documents=400, spread=0.5)
    many = cloud(topics=40, documents=400, spread=0.5)
    assert papers.score_section7(papers.count(one)) > 950_000
    assert papers.score_appendix_c(papers.count(one)) > 900_000
    assert papers.score_appendix_c(papers.count(one)) > papers.score_appendix_c(papers.count(many)) - 50_000
    likeness = one.astype(int) @ one.T.astype(int) / COSINE_ONE
    assert likeness.mean() > 0.8, "it is one topic"
    spread = all_pairs.Spread(dimensions=384)
    spread.add(one)
    assert all_pairs.score(spread.count()) < 200_000
    assert cells.score(cells.count(np.zeros(400, dtype=np.uint8))) == 0


def test_up_to_fifty_documents_the_published_formulas_only_count_them(data_folder):
    from pyarrow.parquet import read_table

    rows = read_table(data_folder / "medquad.parquet", columns=["focus", "answer"]).to_pylist()
    one = sorted({row["answer"] for row in rows if row["focus"] == "Breast Cancer" and row["answer"]})[:16]
    tables = ("gsm8k", "question"), ("piqa", "goal"), ("tinyshakespeare", "text"), ("us_inaugural", "text")
    many = [
        text
        for table, column in tables
        for text in sorted(set(read_table(data_folder / f"{table}.parquet")[column].to_pylist()))[:4]
    ]
    counted = [papers.count(embed([plain(text) for text in texts])) for texts in (one, many)]
    assert [papers.score_appendix_c(each) for each in counted] == [round(1_000_000 * math.log(16, 50))] * 2
    assert [papers.score_section7(each) for each in counted] == [937_500] * 2
