package main

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/storeship/storeship/internal/cfn/renew/extract"
)

func main() {
	from := flag.String("from", "node_modules/aws-cdk", "the `folder` of the npm package aws-cdk")
	to := flag.String("to", "internal/cfn/data", "the `folder` to write to")
	flag.Parse()
	if err := renew(*from, *to); err != nil {
		fmt.Fprintln(os.Stderr, "renew:", err)
		os.Exit(1)
	}
}

func renew(from, to string) error {
	db, err := os.Open(filepath.Join(from, "db.json.gz"))
	if err != nil {
		return err
	}
	defer db.Close()
	text, err := extract.Read(db)
	if err != nil {
		return err
	}
	var compressed bytes.Buffer
	w, err := gzip.NewWriterLevel(&compressed, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	version, err := extract.Version(from)
	if err != nil {
		return err
	}
	files := map[string][]byte{"updates.txt.gz": compressed.Bytes(), "VERSION": []byte(version + "\n")}
	for _, name := range []string{"LICENSE", "NOTICE"} {
		if files[name], err = os.ReadFile(filepath.Join(from, name)); err != nil {
			return err
		}
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(to, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
