// Verifies an evidence log with the transparency log library of the Go project, which shares no code with ours.
//
//	GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS= go run verify_log.go LOGDIR VKEY
//
// The library does the cryptography: note.Open checks the signature of the checkpoint, tlog.TileHashReader checks every
// tile that it reads against the signed root, and tlog.CheckRecord checks the proof of each entry. This program only
// reads files. It prints "accepted: N entries, root R", or "refused: " and the reason, and then exits with status 1.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// tileHeight is that of C2SP tlog-tiles: 2^8 hashes in a full tile.
const tileHeight = 8

const tileWidth = 1 << tileHeight

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: verify_log LOGDIR VKEY")
		os.Exit(2)
	}
	tree, err := verify(os.Args[1], os.Args[2])
	if err != nil {
		fmt.Printf("refused: %v\n", err)
		os.Exit(1)
	}
	fmt.Printf("accepted: %d entries, root %v\n", tree.N, tree.Hash)
}

func verify(dir, vkey string) (tlog.Tree, error) {
	tree, err := openCheckpoint(dir, vkey)
	if err != nil {
		return tree, fmt.Errorf("checkpoint: %v", err)
	}
	hashes := tlog.TileHashReader(tree, &tileFiles{dir: dir, cache: make(map[tlog.Tile][]byte)})
	for first := int64(0); first < tree.N; first += tileWidth {
		if err := verifyBundle(dir, tree, hashes, first); err != nil {
			return tree, err
		}
	}
	return tree, nil
}

// openCheckpoint returns the tree that the log has signed.
func openCheckpoint(dir, vkey string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	text, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("not a checkpoint of %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 {
		return tlog.Tree{}, fmt.Errorf("bad tree size %q", lines[1])
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return tlog.Tree{}, fmt.Errorf("bad root hash %q", lines[2])
	}
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	return tree, nil
}

// verifyBundle proves each entry of the bundle that begins with entry first to be in the tree.
func verifyBundle(dir string, tree tlog.Tree, hashes tlog.HashReader, first int64) error {
	tile := tlog.Tile{H: tileHeight, L: -1, N: first / tileWidth, W: tileWidth}
	if left := tree.N - first; left < tileWidth {
		tile.W = int(left)
	}
	path := logPath(tile)
	entries, err := readBundle(filepath.Join(dir, path), tile.W)
	if err != nil {
		return fmt.Errorf("%s: %v", path, err)
	}
	for i, entry := range entries {
		index := first + int64(i)
		proof, err := tlog.ProveRecord(tree.N, index, hashes)
		if err != nil {
			return fmt.Errorf("tiles over entry %d: %v", index, err)
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
			return fmt.Errorf("%s: entry %d: %v", path, index, err)
		}
	}
	return nil
}

// readBundle divides a bundle into exactly width entries.
func readBundle(path string, width int) ([][]byte, error) {
	rest, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(rest) > 0 {
		if len(rest) < 2 || len(rest)-2 < int(binary.BigEndian.Uint16(rest)) {
			return nil, fmt.Errorf("cut off after %d entries", len(entries))
		}
		end := 2 + int(binary.BigEndian.Uint16(rest))
		entries = append(entries, rest[2:end])
		rest = rest[end:]
	}
	if len(entries) != width {
		return nil, fmt.Errorf("has %d entries instead of %d", len(entries), width)
	}
	return entries, nil
}

// logPath maps the library's path of a tile, tile/8/L/N, to that of C2SP tlog-tiles, tile/L/N.
func logPath(tile tlog.Tile) string {
	path := "tile/" + strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight))
	return strings.Replace(path, "tile/data/", "tile/entries/", 1)
}

// tileFiles reads tiles from a folder, and keeps those that the library has found genuine.
type tileFiles struct {
	dir   string
	cache map[tlog.Tile][]byte
}

func (files *tileFiles) Height() int { return tileHeight }

func (files *tileFiles) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		if known, ok := files.cache[tile]; ok {
			data[i] = known
			continue
		}
		bytes, err := os.ReadFile(filepath.Join(files.dir, logPath(tile)))
		if err != nil {
			return nil, err
		}
		data[i] = bytes
	}
	return data, nil
}

func (files *tileFiles) SaveTiles(tiles []tlog.Tile, data [][]byte) {
	for i, tile := range tiles {
		files.cache[tile] = data[i]
	}
}
