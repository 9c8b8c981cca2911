// Command ferretdb serves MongoDB's protocol from SQLite files, for tests where no MongoDB is at hand: it is FerretDB, with
// writes made as atomic as MongoDB promises.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "ferretdb:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends. It prints the URL of the server when that can be connected to.
func run(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	flags := flag.NewFlagSet("ferretdb", flag.ContinueOnError)
	listen := flags.String("listen", "127.0.0.1:27017", "`address` to listen on; port 0 is any that is free")
	data := flags.String("data", "", "`folder` that has the databases; it is made if it is not there")
	child := flags.Bool("child", false, "end when standard input does, as it does when the process that started this one ends")
	verbose := flags.Bool("verbose", false, "log to standard error")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("read flags: %w", err)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if *child {
		go func() {
			_, _ = io.Copy(io.Discard, in)
			stop()
		}()
	}
	logger := slog.New(slog.DiscardHandler)
	if *verbose {
		logger = slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	folder, err := prepare(*data)
	if err != nil {
		return err
	}
	backend, address, err := open(folder, logger)
	if err != nil {
		return err
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", *listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	fmt.Fprintf(out, "mongodb://%s/\n", listener.Addr())

	var parts sync.WaitGroup
	defer parts.Wait()
	parts.Go(func() { _ = backend.Run(ctx) }) // it returns when ctx ends, and no error
	front := &front{backend: address, logger: logger, indexed: map[string]bool{}, index: func(database string) error {
		return identityIndexes(ctx, folder, database)
	}}
	return front.serve(ctx, listener)
}

// prepare makes the folder that has the databases, and returns its path.
func prepare(data string) (string, error) {
	if data == "" {
		return "", errors.New("say where the databases are: -data folder")
	}
	folder, err := filepath.Abs(data)
	if err != nil {
		return "", fmt.Errorf("find the folder of the databases: %w", err)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", fmt.Errorf("make the folder of the databases: %w", err)
	}
	return folder, nil
}

// open opens FerretDB on the databases in a folder, and returns the address it listens on.
func open(folder string, logger *slog.Logger) (*ferretdb.FerretDB, string, error) {
	backend, err := ferretdb.New(&ferretdb.Config{
		Listener: ferretdb.ListenerConfig{TCP: "127.0.0.1:0"}, Logger: logger,
		// What is acknowledged outlives the process, which is what tests end, and not the machine.
		Handler: "sqlite", SQLiteURL: "file:" + folder + "/?_pragma=synchronous(normal)",
	})
	if err != nil {
		return nil, "", fmt.Errorf("open FerretDB: %w", err)
	}
	at, err := url.Parse(backend.MongoDBURI())
	if err != nil {
		return nil, "", fmt.Errorf("read FerretDB's address: %w", err)
	}
	return backend, at.Host, nil
}
