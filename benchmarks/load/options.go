package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// options are what the command line says.
type options struct {
	soak, show               bool
	rounds, workers, rate    int
	duration, warmUp         time.Duration
	stores, mixes, telemetry []string
	pin                      bool
	out, document, profiles  string
	pizzeria                 string
}

// The words that flags take.
func storeNames() []string { return []string{"sqlite-memory", "sqlite-file", "postgres"} }
func mixNames() []string   { return []string{placeOrder, getOrder, mixed} }
func telemetryNames() []string {
	return []string{off, withCollector, deadCollector, blackHole, oneInTen}
}

func parse(args []string, help io.Writer) (options, error) {
	var o options
	if len(args) > 0 && args[0] == "soak" {
		o.soak, args = true, args[1:]
	}
	if len(args) > 0 && args[0] == "show" {
		o.show, args = true, args[1:]
	}
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	duration, rate, mix, telemetry, stores := 2*time.Second, 0, mixNames(), telemetryNames(), []string{"sqlite-memory", "postgres"}
	if o.soak {
		rate = 100
		duration, mix, telemetry, stores = 10*time.Minute, []string{getOrder}, []string{deadCollector}, stores[:1]
	}
	flags.IntVar(&o.rounds, "rounds", 3, "how often each configuration is measured, in turn with the others")
	flags.IntVar(&o.workers, "workers", 16, "callers at saturation")
	flags.IntVar(&o.rate, "rate", rate, "requests per second below saturation; 0 is half of what goes without telemetry")
	flags.DurationVar(&o.duration, "duration", duration, "of each measurement, of which a round has two per configuration")
	flags.DurationVar(&o.warmUp, "warm-up", time.Second, "load before a measurement")
	flags.BoolVar(&o.pin, "pin", true, "give the service a processor of its own, where there are several")
	const unless = "; by default none if other flags are given"
	flags.StringVar(&o.out, "out", "benchmarks/results/load.json", "file for what was measured"+unless)
	flags.StringVar(&o.document, "document", "docs/performance.md", "document with a part about it"+unless)
	flags.StringVar(&o.pizzeria, "pizzeria", "", "program to measure; built if empty")
	flags.StringVar(&o.profiles, "profiles", "", "folder for CPU profiles of the service at saturation; none if empty")
	lists := []struct {
		into     *[]string
		name     string
		fallback []string
		known    []string
		text     string
	}{
		{&o.stores, "stores", stores, storeNames(), ""}, {&o.mixes, "mixes", mix, mixNames(), ""},
		{&o.telemetry, "telemetry", telemetry, telemetryNames(), ""},
	}
	for i := range lists {
		l := &lists[i]
		flags.StringVar(&l.text, l.name, strings.Join(l.fallback, ","), "some of "+strings.Join(l.known, ", "))
	}
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(help, "Usage: load [soak|show] [flags]\n\nPuts Mario's Pizzeria under load with telemetry on, off "+
				"and in trouble; soak watches its memory, and show shows what was measured last.\n\n")
			flags.SetOutput(help)
			flags.PrintDefaults()
		}
		return o, err
	}
	if given := givenFlags(flags); len(given) > 0 {
		o.out, o.document = given["out"], given["document"] // what is published is measured as is usual
	}
	for _, l := range lists {
		*l.into = strings.Split(l.text, ",")
		for _, word := range *l.into {
			if !slices.Contains(l.known, word) {
				return o, fmt.Errorf("-%s: there is no %q: use some of %s", l.name, word, strings.Join(l.known, ","))
			}
		}
	}
	switch {
	case flags.NArg() > 0:
		return o, fmt.Errorf("unknown argument %q: use soak, show or none, before the flags", flags.Arg(0))
	case o.rounds < 1 || o.workers < 1:
		return o, errors.New("-rounds and -workers are 1 or more")
	case o.rate < 0:
		return o, errors.New("-rate is 0 or more")
	case o.warmUp < 0:
		return o, errors.New("-warm-up is 0 or more")
	case o.duration < 100*time.Millisecond:
		return o, errors.New("-duration is 100ms or more")
	case o.pizzeria != "" && o.profiles != "":
		return o, errors.New("-profiles needs a program built for it: leave -pizzeria out")
	case o.soak && len(o.stores)+len(o.mixes)+len(o.telemetry) > 3:
		return o, errors.New("soak watches one configuration: name one of -stores, one of -mixes and one of -telemetry")
	}
	return o, nil
}

// givenFlags returns the flags that were given, with their values.
func givenFlags(flags *flag.FlagSet) map[string]string {
	given := map[string]string{}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = f.Value.String() })
	return given
}
