#!/usr/bin/python3
"""Makes tests/P2PNode.Tests/Core/pieces_roots.csv with libtorrent (Debian: python3-libtorrent), an independent
implementation of BEP 52. Each row: size of a file, its pieces root, its piece layer at 1 MiB (empty up to one piece).
Byte i of every file is (i * 31 + 7) mod 251."""

import os
import sys
import tempfile

import libtorrent

KIB, MIB = 1 << 10, 1 << 20
SIZES = [
    0, 1, 2, 16 * KIB - 1, 16 * KIB, 16 * KIB + 1, 32 * KIB, 48 * KIB, 64 * KIB + 5, 100_000, 512 * KIB,
    MIB - 1, MIB, MIB + 1, MIB + 16 * KIB, 2 * MIB - 1, 2 * MIB, 3 * MIB, 3 * MIB + 1, 5 * MIB + 7, 8 * MIB, 9 * MIB + 17,
]
CYCLE = bytes((i * 31 + 7) % 251 for i in range(251))


def root_and_layer(folder, size):
    path = os.path.join(folder, f"file{size}")
    with open(path, "wb") as file:
        file.write((CYCLE * (size // len(CYCLE) + 1))[:size])
    storage = libtorrent.file_storage()
    libtorrent.add_files(storage, path)
    torrent = libtorrent.create_torrent(storage, MIB, libtorrent.create_torrent_flags_t.v2_only)
    libtorrent.set_piece_hashes(torrent, folder)
    made = torrent.generate()
    root = made[b"info"][b"file tree"][os.path.basename(path).encode()][b""][b"pieces root"]
    return root.hex(), made.get(b"piece layers", {}).get(root, b"").hex()


def main():
    out = sys.argv[1] if len(sys.argv) > 1 else os.path.join(
        os.path.dirname(__file__), "../P2PNode.Tests/Core/pieces_roots.csv")
    with tempfile.TemporaryDirectory() as folder, open(out, "w", newline="\n") as csv:
        csv.write("size,root,layer\n")
        for size in SIZES:
            # BEP 52 gives an empty file no root at all; ours is then all zero.
            root, layer = ("0" * 64, "") if size == 0 else root_and_layer(folder, size)
            csv.write(f"{size},{root},{layer}\n")


main()
