package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/neuroglia-go/neuroglia/cmd/neuroglia/letters"
	"github.com/neuroglia-go/neuroglia/outbox"
)

// outboxCommand is one run of "neuroglia outbox".
type outboxCommand struct {
	verb           string
	database       string
	filter         outbox.Filter
	limit          int
	asJSON, data   bool
	dryRun, all    bool
	yes            bool
	stdout, stderr io.Writer
	stdin          io.Reader
}

// runOutbox lists, shows, replays or discards what is in an outbox.
func runOutbox(
	ctx context.Context, args []string, env func(string) (string, bool), stdin io.Reader, stdout, stderr io.Writer,
) int {
	c := outboxCommand{stdin: stdin, stdout: stdout, stderr: stderr}
	switch err := c.parse(args, env); {
	case errors.Is(err, flag.ErrHelp):
		return exitOK
	case err != nil:
		fmt.Fprintf(stderr, "neuroglia outbox: %s\n\"neuroglia help outbox\" shows what it takes\n",
			strings.ReplaceAll(err.Error(), "\n", "\nneuroglia outbox: "))
		return exitUsage
	}
	if err := c.run(ctx); err != nil {
		fmt.Fprintf(stderr, "neuroglia outbox: %s\n", err)
		return exitFailed
	}
	return exitOK
}

func (c *outboxCommand) parse(args []string, env func(string) (string, bool)) error {
	flags := flag.NewFlagSet("neuroglia outbox", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&c.database, "database", "",
		"`URL` of the service's database; better given as DATABASE_URL, which does not show in lists of processes")
	flags.StringVar(&c.filter.Type, "type", "", "events of this `type`, such as OrderCreatedEvent")
	flags.StringVar(&c.filter.Stream, "aggregate", "", "events of the aggregate with this `id`")
	flags.StringVar(&c.filter.Error, "error", "", "events whose last error has this `text` in it")
	flags.DurationVar(&c.filter.OlderBy, "older", 0, "events raised longer ago than this, such as 24h")
	pending := flags.Bool("pending", false, "what waits for delivery, not dead letters; list and show only")
	flags.IntVar(&c.limit, "limit", 0, "at most this many (default 100 for list, no limit for others)")
	flags.BoolVar(&c.asJSON, "json", false, "print a line of JSON for each")
	flags.BoolVar(&c.data, "data", false, "show what is in the events; it may be personal")
	flags.BoolVar(&c.dryRun, "dry-run", false, "say what would be done, and do nothing")
	flags.BoolVar(&c.all, "all", false, "replay or discard all that match, without naming any")
	flags.BoolVar(&c.yes, "yes", false, "do not ask before discarding")
	if len(args) > 0 && (args[0] == "-h" || args[0] == "--help") {
		outboxUsage(c.stdout, flags)
		return flag.ErrHelp
	}
	if len(args) == 0 {
		return errors.New("say what to do: list, show, replay, discard or bury")
	}
	c.verb = args[0]
	if err := parseMixed(flags, args[1:], &c.filter.IDs); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			outboxUsage(c.stdout, flags)
		}
		return err
	}
	c.filter.Dead = !*pending
	if c.database == "" {
		c.database, _ = env("DATABASE_URL")
	}
	return c.check()
}

// parseMixed takes flags before and after identities.
func parseMixed(flags *flag.FlagSet, args []string, ids *[]string) error {
	for {
		if err := flags.Parse(args); err != nil {
			return err //nolint:wrapcheck // it names the flag
		}
		if flags.NArg() == 0 {
			return nil
		}
		*ids = append(*ids, flags.Arg(0))
		args = flags.Args()[1:]
	}
}

func (c *outboxCommand) check() error {
	var errs []error
	filtered := c.filter.Type != "" || c.filter.Stream != "" || c.filter.Error != "" || c.filter.OlderBy > 0
	switch c.verb {
	case "list":
		if c.limit == 0 {
			c.limit = 100
		}
	case "show":
		if len(c.filter.IDs) == 0 {
			errs = append(errs, errors.New("say which to show: give the ids that list prints"))
		}
	case "replay", "discard":
		if !c.filter.Dead {
			errs = append(errs, fmt.Errorf("only dead letters can be %s: leave out --pending", map[string]string{
				"replay": "replayed", "discard": "discarded",
			}[c.verb]))
		}
		if len(c.filter.IDs) == 0 && !filtered && !c.all {
			errs = append(errs, fmt.Errorf("say which to %s: give ids, a filter such as --type, or --all", c.verb))
		}
	case "bury":
		if c.filter.Type == "" || c.filter.Stream != "" || c.filter.Error != "" || c.filter.OlderBy > 0 {
			errs = append(errs, errors.New("say which type to bury: give --type and, if not all of it, ids"))
		}
	default:
		errs = append(errs, fmt.Errorf("there is no %q: use list, show, replay, discard or bury", c.verb))
	}
	if c.limit < 0 || c.filter.OlderBy < 0 {
		errs = append(errs, errors.New("--limit and --older cannot be negative"))
	}
	if c.database == "" {
		errs = append(errs, errors.New("which database? set DATABASE_URL as the service has it, such as sqlite:data/mario.db"))
	}
	return errors.Join(errs...)
}

func (c *outboxCommand) run(ctx context.Context) error {
	log, closing, err := openOutbox(ctx, c.database)
	if err != nil {
		return err
	}
	defer func() { _ = closing() }() // it was only read, or what was done is stored
	if c.verb == "bury" {
		return c.bury(ctx, log)
	}
	found, err := letters.Select(ctx, log, c.filter, c.limit)
	if err != nil {
		return err
	}
	switch c.verb {
	case "list":
		return c.list(found)
	case "show":
		return c.show(found)
	case "replay":
		return c.act(ctx, letters.Replay(log), found)
	default:
		return c.act(ctx, letters.Discard(log), found)
	}
}

// kind is what the entries that match are called.
func (c *outboxCommand) kind(n int) string {
	kind := "dead letter"
	if !c.filter.Dead {
		kind = "pending event"
	}
	if n != 1 {
		kind += "s"
	}
	return fmt.Sprintf("%d %s", n, kind)
}

func (c *outboxCommand) list(found []outbox.Entry) error {
	if c.asJSON {
		return letters.JSON(c.stdout, found, c.data)
	}
	if len(found) > 0 {
		if err := letters.Table(c.stdout, found, time.Now()); err != nil {
			return fmt.Errorf("write: %w", err)
		}
	}
	more := ""
	if len(found) == c.limit {
		more = fmt.Sprintf("; there may be more: --limit %d shows more", 10*c.limit)
	}
	fmt.Fprintf(c.stderr, "%s%s\n", c.kind(len(found)), more)
	return nil
}

func (c *outboxCommand) show(found []outbox.Entry) error {
	if c.asJSON {
		if err := letters.JSON(c.stdout, found, c.data); err != nil {
			return err
		}
	} else {
		for i, e := range found {
			if i > 0 {
				fmt.Fprintln(c.stdout)
			}
			if err := letters.Letter(c.stdout, e, time.Now(), c.data); err != nil {
				return fmt.Errorf("write: %w", err)
			}
		}
	}
	return c.missing(found)
}

// missing says which of the named entries were not found.
func (c *outboxCommand) missing(found []outbox.Entry) error {
	var none []string
	for _, id := range c.filter.IDs {
		there := false
		for _, e := range found {
			there = there || e.ID == id
		}
		if !there {
			none = append(none, id)
		}
	}
	if len(none) > 0 {
		return fmt.Errorf("there is none of %s among the %s", strings.Join(none, ", "),
			map[bool]string{true: "dead letters", false: "pending events"}[c.filter.Dead])
	}
	return nil
}

func (c *outboxCommand) act(ctx context.Context, action letters.Action, found []outbox.Entry) error {
	if err := c.missing(found); err != nil {
		return err
	}
	if c.dryRun {
		if err := c.list(found); err != nil {
			return err
		}
		fmt.Fprintf(c.stderr, "would %s these; nothing was done\n", action.Verb)
		return nil
	}
	if action.Verb == "discard" && !c.yes && len(found) > 0 {
		if err := c.confirm(len(found)); err != nil {
			return err
		}
	}
	progress := io.Discard
	if terminal(c.stderr) {
		progress = c.stderr
	}
	done, err := action.Run(ctx, found, progress)
	fmt.Fprintf(c.stdout, "%s %s\n", action.Done, c.kind(done))
	if gone := len(found) - done; gone > 0 && err == nil {
		fmt.Fprintf(c.stderr, "%d were gone already: somebody else was faster\n", gone)
	}
	return err
}

// bury gives up what no process handles any more.
func (c *outboxCommand) bury(ctx context.Context, log letters.Outbox) error {
	if c.dryRun {
		c.filter.Dead = false
		found, err := letters.Select(ctx, log, c.filter, c.limit)
		if err != nil {
			return err
		}
		if err := c.list(found); err != nil {
			return err
		}
		fmt.Fprintln(c.stderr, "would bury these; nothing was done")
		return nil
	}
	n, err := letters.Bury(ctx, log, c.filter.Type, c.filter.IDs)
	fmt.Fprintf(c.stdout, "made %s of pending events\n", c.kind(n))
	return err
}

// confirm asks before what cannot be undone.
func (c *outboxCommand) confirm(n int) error {
	fmt.Fprintf(c.stderr, "Discard %s, which cannot be undone? [y/N] ", c.kind(n))
	answer, err := bufio.NewReader(c.stdin).ReadString('\n')
	if err != nil {
		return errors.New("nothing was discarded, since nobody answers: use --yes if you mean it")
	}
	if answer = strings.ToLower(strings.TrimSpace(answer)); answer != "y" && answer != "yes" {
		return errors.New("nothing was discarded")
	}
	return nil
}

func outboxUsage(w io.Writer, flags *flag.FlagSet) {
	fmt.Fprint(w, `Usage: neuroglia outbox list    [flags]
       neuroglia outbox show    ID... [flags]
       neuroglia outbox replay  ID... | filters | --all [flags]
       neuroglia outbox discard ID... | filters | --all [flags]
       neuroglia outbox bury    --type TYPE [ID...] [flags]

Looks after the dead letters of a service: events that were given up after their last attempt. A replayed event is delivered
by the service, to the handlers that have not handled it, in a trace of its own with a link to the one it was raised in.
A pending event of a type that no process handles any more keeps those behind it waiting: bury makes a dead letter of it.
Exit code: 0 if it was done, 1 if not, 2 if the command is wrong.

The database is given as DATABASE_URL, as the service has it: sqlite:FILE, postgres://... or mongodb://...

Flags:
`)
	flags.SetOutput(w)
	flags.PrintDefaults()
}
