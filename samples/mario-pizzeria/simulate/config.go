package simulate

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Config says what traffic there is.
type Config struct {
	URL      *url.URL
	Rate     float64       // orders per second
	Duration time.Duration // 0 is until it is told to stop
	Chaos    float64       // the part of all calls that goes wrong
	Payment  string        // the address of the payment service; empty for none
	Seed     uint64
}

const (
	fastest = 1000 // orders per second
	slowest = 1.0 / 3600
	help    = `Usage: mario-pizzeria simulate [flags]

Sends customers, cooks and drivers to a pizzeria, until the duration is over or it is interrupted. Then it finishes the
orders in hand and says what came of all. Open orders of an earlier run, or of anybody else, are worked on too. To a
pizzeria that cooks and delivers by itself (CREW=auto) only customers go.

  --url       %s  the pizzeria
  --rate      1/s                    orders, such as 5/s, 30/m or 100/h
  --duration  0                      how long, such as 2m; 0 is until it is interrupted
  --chaos     0                      the part of calls that goes wrong, 0 to 1: orders that are invalid, calls out of
                                     turn, broken JSON, customers who give up
  --payment   -                      an address, such as 127.0.0.1:8090, to serve a payment service on. The part of
                                     charges that --chaos says is refused, fails or takes long. Start the pizzeria with
                                     PAYMENT_URL=http://127.0.0.1:8090
  --seed      at random              a number; the same one repeats the same customers
`
	defaultURL = "http://127.0.0.1:8080"
)

// errHelp says that help was asked for, and given.
var errHelp = flag.ErrHelp

// Parse reads the arguments of the subcommand. It writes help if they ask for it.
func Parse(args []string, stdout io.Writer) (Config, error) {
	flags := flag.NewFlagSet("simulate", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	target := flags.String("url", defaultURL, "")
	rate := flags.String("rate", "1/s", "")
	duration := flags.Duration("duration", 0, "")
	chaos := flags.Float64("chaos", 0, "")
	payment := flags.String("payment", "", "")
	seed := flags.Uint64("seed", uint64(rand.Uint32()), "")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(stdout, help, defaultURL)
		return Config{}, errHelp
	} else if err != nil {
		return Config{}, err //nolint:wrapcheck // it names the flag and says what is wrong
	}
	if flags.NArg() > 0 {
		return Config{}, fmt.Errorf("unknown argument %q", flags.Arg(0))
	}
	c := Config{Duration: *duration, Chaos: *chaos, Payment: *payment, Seed: *seed}
	var err error
	if c.URL, err = url.Parse(*target); err != nil || c.URL.Host == "" || c.URL.Scheme != "http" && c.URL.Scheme != "https" {
		return Config{}, fmt.Errorf("--url is not a URL such as %s", defaultURL) // it may have a password
	}
	if c.Rate, err = parseRate(*rate); err != nil {
		return Config{}, err
	}
	if c.Duration < 0 {
		return Config{}, fmt.Errorf("--duration %s is negative", c.Duration)
	}
	if !(c.Chaos >= 0 && c.Chaos <= 1) {
		return Config{}, fmt.Errorf("--chaos %g is not between 0 and 1", c.Chaos)
	}
	if _, _, err := net.SplitHostPort(c.Payment); err != nil && c.Payment != "" {
		return Config{}, fmt.Errorf("--payment %q is not an address such as 127.0.0.1:8090", c.Payment)
	}
	return c, nil
}

// parseRate reads a rate such as 5/s as orders per second.
func parseRate(text string) (float64, error) {
	number, unit, _ := strings.Cut(text, "/")
	per, known := map[string]float64{"s": 1, "m": 60, "h": 3600}[unit]
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || !known || !(n > 0) {
		return 0, fmt.Errorf("--rate %q is not a number of orders above 0 in a time, such as 5/s, 30/m or 100/h", text)
	}
	if rate := n / per; rate >= slowest && rate <= fastest {
		return rate, nil
	}
	return 0, fmt.Errorf("--rate %q is not between 1/h and %d/s", text, fastest)
}

// rateText is the rate as it is said to people.
func rateText(rate float64) string {
	for _, unit := range []struct {
		name    string
		seconds float64
	}{{"s", 1}, {"m", 60}, {"h", 3600}} {
		if n := rate * unit.seconds; n >= 1 || unit.name == "h" {
			return strconv.FormatFloat(n, 'g', 4, 64) + " orders/" + unit.name
		}
	}
	return ""
}
