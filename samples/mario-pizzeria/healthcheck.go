package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// healthcheck asks a pizzeria whether it is ready and returns the exit code: for containers, whose images have neither
// a shell nor curl.
func healthcheck(args []string, stderr io.Writer) int {
	flags := flag.NewFlagSet("mario-pizzeria healthcheck", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, "Usage: mario-pizzeria healthcheck [--url http://127.0.0.1:8080/readyz]\n\n"+
			"Ends with 0 if the pizzeria is ready, else with 1 and the reason. By default it asks the one at HTTP_ADDR.\n")
	}
	target := flags.String("url", "", "")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	case flags.NArg() > 0:
		fmt.Fprintf(stderr, "mario-pizzeria healthcheck: unknown argument %q\n", flags.Arg(0))
		return 2
	}
	if err := askReady(*target); err != nil {
		fmt.Fprintf(stderr, "mario-pizzeria healthcheck: %v\n", err)
		return 1
	}
	return 0
}

// askReady returns why the pizzeria is not ready. Without a target it asks the one that this environment configures.
func askReady(target string) error {
	if target == "" {
		c, err := readConfig(all)
		if err != nil {
			return err
		}
		if target, err = readyURL(c.addr); err != nil {
			return err
		}
	}
	u, err := url.Parse(target)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return errors.New("--url is not a URL such as http://127.0.0.1:8080/readyz")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return fmt.Errorf("--url: %w", err)
	}
	client := &http.Client{Transport: &http.Transport{Proxy: nil}} // it asks this machine, whatever HTTP_PROXY says
	response, err := client.Do(request)
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("no answer within 2 s from %s", u.Redacted())
	}
	if err != nil {
		return fmt.Errorf("ask whether it is ready: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusOK {
		return nil
	}
	var problem struct {
		Detail string `json:"detail"`
	}
	_ = json.NewDecoder(io.LimitReader(response.Body, 1<<16)).Decode(&problem) // the status says enough
	return fmt.Errorf("%s answers %s: %s", u.Redacted(), response.Status, cmp.Or(problem.Detail, "no reason given"))
}

// readyURL returns where a pizzeria that listens on addr says whether it is ready. One that listens on all addresses
// does so on the loopback address too.
func readyURL(addr string) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil || port == "0" {
		return "", fmt.Errorf("HTTP_ADDR %q does not say which port it is: use --url http://127.0.0.1:8080/readyz", addr)
	}
	if ip := net.ParseIP(host); host == "" || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port) + "/readyz", nil
}
