package doctor

import (
	"context"
	"slices"
	"time"
)

// check is one question to the stack.
type check struct {
	id, title string
	// parts are those whose skipping skips the check.
	parts []string
	// needs are the checks that this one builds on: of each group, one must have passed.
	needs [][]string
	// blames are earlier checks. If one of them failed of what fails this one too, then it is no failure of its own.
	blames []string
	// within is the part of the run's time after which the check gives up.
	within float64
	// atMost is the part of the run's time that the check itself may take. Defaults to no limit but within.
	atMost float64
	// ask returns what it saw. It is asked again while it fails with notYet.
	ask func(context.Context) (string, error)
	// explain, if there is one, finds out more about a problem that stayed.
	explain func(context.Context, *problem)
}

// plan is all checks, in the order in which they are told. Each comes after those that it needs or blames.
type plan struct {
	checks  []check
	skip    []string
	started time.Time
	timeout time.Duration
}

// run does all checks at once, each as soon as those are done that it needs.
func (p *plan) run(ctx context.Context, observer Observer) []Result {
	timed, cancel := context.WithDeadline(ctx, p.started.Add(p.timeout))
	defer cancel()
	results := make([]Result, len(p.checks))
	done := make(map[string]chan struct{}, len(p.checks))
	for _, c := range p.checks {
		done[c.id] = make(chan struct{})
	}
	of := func(id string) Result {
		<-done[id]
		return results[slices.IndexFunc(p.checks, func(c check) bool { return c.id == id })]
	}
	for i, c := range p.checks {
		go func() {
			defer close(done[c.id])
			results[i] = p.one(ctx, timed, c, of)
		}()
	}
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for i, c := range p.checks {
		for waited := false; !waited; {
			select {
			case <-done[c.id]:
				observer.Told(results[i])
				waited = true
			case <-tick.C:
				observer.Waiting(c.title)
			}
		}
	}
	return results
}

// part is how long a part of the run's time is.
func (p *plan) part(of float64) time.Duration { return time.Duration(float64(p.timeout) * of) }

func (p *plan) one(ctx, timed context.Context, c check, of func(id string) Result) Result {
	result := Result{ID: c.id, Title: c.title}
	for _, part := range c.parts {
		if slices.Contains(p.skip, part) {
			result.Status, result.Detail = Skipped, "--skip "+part
			return result
		}
	}
	if hindered(&result, c, of) {
		return result
	}
	if ctx.Err() != nil {
		result.Status, result.Detail = NotChecked, "interrupted"
		return result
	}
	began := time.Now()
	until := p.started.Add(p.part(c.within))
	if limit := began.Add(p.part(c.atMost)); c.atMost > 0 && limit.Before(until) {
		until = limit
	}
	within, cancel := context.WithDeadline(timed, until)
	defer cancel()
	if within.Err() != nil {
		result.Status, result.Detail = NotChecked, "no time was left: give more with --timeout"
		return result
	}
	detail, err := poll(within, p.started.Add(toListen), c.ask)
	result.Milliseconds = time.Since(began).Milliseconds()
	if err == nil {
		result.Status, result.Detail = Passed, detail
		return result
	}
	found := asProblem(err)
	if ctx.Err() != nil && found.kind != unreachable {
		result.Status, result.Detail = NotChecked, "interrupted"
		return result
	}
	result.kind = found.kind
	switch {
	case found.kind == idle:
		result.Status, result.Detail = Skipped, found.text
	case blamed(&result, c, of):
	default:
		if c.explain != nil {
			c.explain(timed, found)
		}
		result.Status, result.Detail, result.Hop, result.Advice = Failed, found.text, found.hop, found.advice
	}
	return result
}

// hindered reports whether a check that c needs has not passed, and says so in the result.
func hindered(result *Result, c check, of func(id string) Result) bool {
	for _, group := range c.needs {
		var failed, skipped *Result
		passed := false
		for _, id := range group {
			switch other := of(id); other.Status {
			case Passed:
				passed = true
			case Skipped:
				skipped = &other
			case Failed, NotChecked:
				if failed == nil {
					failed = &other
				}
			}
		}
		switch {
		case passed:
		case failed != nil:
			result.blame(*failed)
			return true
		default: // go on: another group may have failed, which says more
			result.Status, result.Detail = Skipped, "needs: "+skipped.Title
		}
	}
	return result.Status != ""
}

// blamed reports whether another check has failed of the same cause, and says so in the result.
func blamed(result *Result, c check, of func(id string) Result) bool {
	for _, id := range c.blames {
		other := of(id)
		if other.Status != Failed && other.Status != NotChecked {
			continue
		}
		if result.kind == notYet || result.kind == unreachable && other.kind == unreachable {
			result.blame(other)
			return true
		}
	}
	return false
}

func (r *Result) blame(other Result) {
	r.Status, r.Because = NotChecked, other.ID
	r.Detail = "this failed: " + other.Title
	if other.Status == NotChecked {
		r.Because, r.Detail = other.Because, other.Detail
	}
}

// poll asks until there is an answer, and at the end of ctx returns the last problem. That nobody listens it returns already
// at the time listening.
func poll(ctx context.Context, listening time.Time, ask func(context.Context) (string, error)) (string, error) {
	var last error
	for pause := 100 * time.Millisecond; ; pause = min(pause*3/2, 2*time.Second) {
		detail, err := ask(ctx)
		if err == nil {
			return detail, nil
		}
		if ctx.Err() == nil || last == nil {
			last = err // at the end of ctx, the problem before it says more
		}
		kind := asProblem(err).kind
		if kind != notYet && (kind != unreachable || time.Now().After(listening)) {
			return "", last
		}
		select {
		case <-ctx.Done():
			return "", last
		case <-time.After(pause):
		}
	}
}
