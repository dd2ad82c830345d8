"""RFC 6962 Merkle tree hashing: pure functions over hashes, no database.

A leaf is SHA-256(0x00 ‖ data), an inner node SHA-256(0x01 ‖ left ‖ right). `node(level, index)` below stands
for the root of the complete subtree of 2^level leaves that begins at leaf index·2^level.
"""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()
HASH_SIZE = 32
TILE_HEIGHT = 8

Node = Callable[[int, int], bytes]


def leaf_hash(data: bytes) -> bytes:
    """The hash of one leaf."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


def pair_up(nodes: Sequence[bytes]) -> list[bytes]:
    """The parents of neighbours; a last one without a neighbour is left out."""
    ends = iter(nodes)
    return [sha256(b"\x01" + left + right).digest() for left, right in zip(ends, ends, strict=False)]


class Frontier:
    """A growing tree remembered by the roots of its largest complete subtrees: 32 bytes for each set bit of
    its size.
    """

    def __init__(self) -> None:
        self.size = 0
        self._levels: list[bytes | None] = []

    @classmethod
    def load(cls, size: int, data: bytes) -> "Frontier":
        """Take up what dump() left. Raises ValueError when the length does not fit the size."""
        if size < 0 or len(data) != size.bit_count() * HASH_SIZE:
            raise ValueError("The frontier does not fit the tree's size.")
        frontier = cls()
        frontier.size = size
        hashes = iter(split(data))
        frontier._levels = [None] * size.bit_length()
        for level in reversed(range(size.bit_length())):
            if size >> level & 1:
                frontier._levels[level] = next(hashes)
        return frontier

    def dump(self) -> bytes:
        """The subtree roots, largest subtree first."""
        return b"".join(node for node in reversed(self._levels) if node is not None)

    def extend(self, leaves: Sequence[bytes]) -> dict[int, tuple[int, list[bytes]]]:
        """Append leaf hashes. Returns the subtrees of 256^n leaves that became complete: level n -> (first
        index, roots).

        Level by level over the whole batch, which is what makes verification as fast as bare hashing.
        """
        completed: dict[int, tuple[int, list[bytes]]] = {}
        nodes, level, first = list(leaves), 0, self.size
        while nodes:
            if level and level % TILE_HEIGHT == 0:
                completed[level // TILE_HEIGHT] = (first, nodes)
            if level == len(self._levels):
                self._levels.append(None)
            waiting = self._levels[level]
            if waiting is not None:
                nodes = [waiting, *nodes]
            self._levels[level] = nodes[-1] if len(nodes) % 2 else None
            nodes = pair_up(nodes)
            level, first = level + 1, first >> 1
        self.size += len(leaves)
        return completed

    def root(self) -> bytes:
        """The root of the whole tree."""
        folded: bytes | None = None
        for node in self._levels:
            if node is not None:
                folded = node if folded is None else node_hash(node, folded)
        return EMPTY_ROOT if folded is None else folded


def inclusion_path(index: int, size: int, node: Node) -> list[bytes]:
    """The hashes that lead from leaf `index` to the root of the tree of `size`, from the leaf's sibling upwards.

    Raises ValueError for an index outside the tree.
    """
    inner, border = _shape(index, size)
    path = []
    for level in range(inner):
        sibling = index >> level ^ 1
        if sibling + 1 << level <= size:
            path.append(node(level, sibling))
        else:
            path.append(_range_hash(sibling << level, size, node))
    left = [level for level in range(inner, inner + border.bit_length()) if index >> level & 1]
    return [*path, *(node(level, (index >> level) - 1) for level in left)]


def root_from_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that a leaf hash and its path lead to. Raises ValueError when the path cannot belong to that place."""
    inner, border = _shape(index, size)
    length = inner + border.bit_count()
    if len(path) != length:
        wrong = "long" if len(path) > length else "short"
        raise ValueError(f"The path is too {wrong} for this place in the tree.")
    folded, place = leaf, index
    for sibling in path[:inner]:
        if place & 1:
            folded = sha256(b"\x01" + sibling + folded).digest()
        else:
            folded = sha256(b"\x01" + folded + sibling).digest()
        place >>= 1
    for sibling in path[inner:]:
        folded = sha256(b"\x01" + sibling + folded).digest()
    return folded


def consistency_path(old: int, size: int, node: Node) -> list[bytes]:
    """The hashes that show the tree of `old` leaves to be the beginning of the tree of `size` (RFC 6962 section 2.1.2).

    Empty when the two are one tree. Raises ValueError for an empty tree, whose beginning proves nothing, and for one
    that is larger than `size`.
    """
    if not 0 < old <= size:
        raise ValueError("The older tree must hold a leaf and not more than the newer one.")
    start, stop, passed = 0, size, []
    while old != stop:
        half = start + (1 << (stop - start - 1).bit_length() - 1)
        if old <= half:
            passed.append(_range_hash(half, stop, node))
            stop = half
        else:
            passed.append(_range_hash(start, half, node))
            start = half
    # The last range is the whole older tree, whose root is known, or the end of it.
    own = [_range_hash(start, stop, node)] if start else []
    return [*own, *reversed(passed)]


def roots_from_consistency(
    old: int, size: int, old_root: bytes, path: Sequence[bytes]
) -> tuple[bytes, bytes]:
    """The roots of the older and the newer tree that a path leads to (RFC 9162 section 2.1.4.2).

    It holds when both are the roots that were signed. Raises ValueError when the path cannot belong to these sizes.
    """
    if not 0 < old <= size:
        raise ValueError("The older tree must hold a leaf and not more than the newer one.")
    if old == size:
        if path:
            raise ValueError("Between two trees of one size there is no path.")
        return old_root, old_root
    level = (old & -old).bit_length() - 1
    place, last = old - 1 >> level, size - 1 >> level
    # An older tree that is complete stands in the newer one as it is, and is not repeated in the path.
    hashes = [old_root, *path] if not place else list(path)
    if not hashes:
        raise ValueError("The path is too short for these sizes.")
    older = newer = hashes[0]
    for sibling in hashes[1:]:
        if not last:
            raise ValueError("The path is too long for these sizes.")
        if place & 1 or place == last:
            older, newer = node_hash(sibling, older), node_hash(sibling, newer)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            newer = node_hash(newer, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise ValueError("The path is too short for these sizes.")
    return older, newer


def split(data: bytes) -> Iterator[bytes]:
    """Consecutive 32-byte hashes."""
    return (data[start : start + HASH_SIZE] for start in range(0, len(data), HASH_SIZE))


class Tile:
    """Up to 256 neighbouring hashes and every complete node above them, in about 16 kB."""

    __slots__ = ("_rows",)

    def __init__(self, hashes: Sequence[bytes]) -> None:
        rows, nodes = [b"".join(hashes)], list(hashes)
        while len(nodes) > 1:
            nodes = pair_up(nodes)
            rows.append(b"".join(nodes))
        self._rows = rows

    def node(self, height: int, index: int) -> bytes:
        """The node `height` levels above the tile's hashes, counted from the tile's left edge."""
        return self._rows[height][index * HASH_SIZE : (index + 1) * HASH_SIZE]


def node_from_tiles(tile: Callable[[int, int], Tile]) -> Node:
    """Read nodes from tiles, where tile(n, i) begins at the i-th run of 256 hashes of level 8·n."""

    def node(level: int, index: int) -> bytes:
        height = level % TILE_HEIGHT
        width = TILE_HEIGHT - height
        return tile(level // TILE_HEIGHT, index >> width).node(height, index & (1 << width) - 1)

    return node


def _shape(index: int, size: int) -> tuple[int, int]:
    """How many levels up the leaf's way joins the tree's right edge, and the bits of its way from there on.

    Below, each level has a sibling; along the edge, only the set bits do, and always on the left.
    """
    if not 0 <= index < size:
        raise ValueError("The index lies outside the tree.")
    inner = (index ^ size - 1).bit_length()
    return inner, index >> inner


def _range_hash(start: int, stop: int, node: Node) -> bytes:
    """The root over leaves start..stop, where `start` is a multiple of the range's own power of two."""
    folded: bytes | None = None
    while length := stop - start:
        level = (length & -length).bit_length() - 1
        block = node(level, (stop >> level) - 1)
        folded = block if folded is None else node_hash(block, folded)
        stop -= 1 << level
    return folded if folded is not None else EMPTY_ROOT
