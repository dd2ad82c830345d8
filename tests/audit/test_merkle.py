"""The tree against published answers and against itself."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import merkle

# Leaves and roots that implementations of RFC 6962 share as test data.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def root_of(hashes):
    frontier = merkle.Frontier()
    frontier.extend(hashes)
    return frontier.root()


def naive_root(hashes):
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    half = 1
    while half * 2 < len(hashes):
        half *= 2
    return merkle.node_hash(naive_root(hashes[:half]), naive_root(hashes[half:]))


@pytest.mark.parametrize("size", range(1, 9))
def test_the_known_roots_come_out(size):
    hashes = [merkle.leaf_hash(data) for data in LEAVES[:size]]
    assert root_of(hashes).hex() == ROOTS[size - 1]


def test_the_empty_tree_has_the_hash_of_nothing():
    assert root_of([]) == hashlib.sha256(b"").digest()


def test_growing_in_any_batches_equals_the_definition():
    hashes = [merkle.leaf_hash(str(number).encode()) for number in range(600)]
    for cut in (0, 1, 7, 255, 256, 257, 512, 599):
        grown = merkle.Frontier()
        grown.extend(hashes[:cut])
        resumed = merkle.Frontier.load(cut, grown.dump())
        resumed.extend(hashes[cut:])
        assert resumed.root() == naive_root(hashes)


def test_every_path_of_every_size_leads_to_the_root_and_nowhere_else():
    hashes = [merkle.leaf_hash(bytes([number])) for number in range(70)]

    def node(level, index):
        return naive_root(hashes[index << level : index + 1 << level])

    for size in range(1, 71):
        root = naive_root(hashes[:size])
        for index in range(size):
            path = merkle.inclusion_path(index, size, node)
            assert merkle.root_from_path(hashes[index], index, size, path) == root
            assert merkle.root_from_path(merkle.leaf_hash(b"other"), index, size, path) != root
            with pytest.raises(ValueError, match="too long"):
                merkle.root_from_path(hashes[index], index, size, [*path, root])
            if path:
                with pytest.raises(ValueError, match="too short"):
                    merkle.root_from_path(hashes[index], index, size, path[:-1])


def test_tiles_give_the_same_nodes_as_the_whole_tree():
    hashes = [merkle.leaf_hash(str(number).encode()) for number in range(70_000)]
    frontier = merkle.Frontier()
    upper: dict[int, list[bytes]] = {0: hashes}
    for level, (_, roots) in frontier.extend(hashes).items():
        upper[level] = roots

    def tile(level, index):
        return merkle.Tile(upper[level][index << 8 : index + 1 << 8])

    node = merkle.node_from_tiles(tile)
    for index in (0, 255, 256, 65_535, 65_536, 69_999):
        path = merkle.inclusion_path(index, 70_000, node)
        assert len(path) <= 17
        assert merkle.root_from_path(hashes[index], index, 70_000, path) == frontier.root()


def subproof(old, hashes, *, known):
    """RFC 6962 section 2.1.2, as it is written there."""
    if old == len(hashes):
        return [] if known else [naive_root(hashes)]
    half = 1
    while half * 2 < len(hashes):
        half *= 2
    if old <= half:
        return [*subproof(old, hashes[:half], known=known), naive_root(hashes[half:])]
    return [*subproof(old - half, hashes[half:], known=False), naive_root(hashes[:half])]


MANY = [merkle.leaf_hash(str(number).encode()) for number in range(300)]


@given(st.integers(1, 300).flatmap(lambda size: st.tuples(st.integers(1, size), st.just(size))))
def test_a_path_of_consistency_is_that_of_the_definition_and_leads_to_both_roots(sizes):
    """AU-12."""
    old, size = sizes
    hashes = MANY[:size]
    path = merkle.consistency_path(
        old, size, lambda level, index: naive_root(hashes[index << level : index + 1 << level])
    )
    assert path == subproof(old, hashes, known=True)
    older, newer = naive_root(hashes[:old]), naive_root(hashes)
    assert merkle.roots_from_consistency(old, size, older, path) == (older, newer)
    with pytest.raises(ValueError, match=r"too long|no path"):
        merkle.roots_from_consistency(old, size, older, [*path, newer])
    if path:
        with pytest.raises(ValueError, match="too short"):
            merkle.roots_from_consistency(old, size, older, path[:-1])
        for place in range(len(path)):
            changed = [*path[:place], merkle.leaf_hash(b"other"), *path[place + 1 :]]
            assert merkle.roots_from_consistency(old, size, older, changed) != (older, newer)
        other = merkle.leaf_hash(b"other")
        assert merkle.roots_from_consistency(old, size, other, path) != (other, newer)


@pytest.mark.parametrize(("old", "size"), [(0, 3), (4, 3), (-1, 3)])
def test_an_empty_or_a_larger_tree_is_the_beginning_of_nothing(old, size):
    with pytest.raises(ValueError, match="must hold a leaf"):
        merkle.consistency_path(old, size, lambda level, index: b"")
    with pytest.raises(ValueError, match="must hold a leaf"):
        merkle.roots_from_consistency(old, size, b"", [])
