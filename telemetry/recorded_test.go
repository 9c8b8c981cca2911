package telemetry_test

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

func TestAMarkedErrorReadsAndIsFoundAsBefore(t *testing.T) {
	t.Parallel()
	cause := &fs.PathError{Op: "open", Path: "menu.json", Err: fs.ErrNotExist}
	err := fmt.Errorf("read menu: %w", cause)
	marked := telemetry.MarkRecorded(err)
	if got, want := marked.Error(), err.Error(); got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
	if !errors.Is(marked, fs.ErrNotExist) || !errors.Is(marked, err) {
		t.Errorf("errors.Is does not find %v and %v", fs.ErrNotExist, err)
	}
	if got, ok := errors.AsType[*fs.PathError](marked); !ok || got != cause {
		t.Errorf("errors.AsType() = %v, %v, want %v", got, ok, cause)
	}
	if got := fault.KindOf(telemetry.MarkRecorded(fault.New(fault.Unavailable, "down"))); got != fault.Unavailable {
		t.Errorf("KindOf() = %v, want %v", got, fault.Unavailable)
	}
}

func TestRecordedFindsTheMarkThroughWrapping(t *testing.T) {
	t.Parallel()
	plain := errors.New("plain")
	refused := fault.New(fault.Rejected, "sold out")
	marked := telemetry.MarkRecorded(plain)
	for _, tt := range []struct {
		name string
		err  error
		want bool
	}{
		{"nil", nil, false},
		{"not marked", plain, false},
		{"marked", marked, true},
		{"wrapped", fmt.Errorf("place: %w", marked), true},
		{"classified", fault.New(fault.Unavailable, "place: %w", marked), true},
		{"all of the joined", errors.Join(marked, telemetry.MarkRecorded(errors.New("other"))), true},
		{"the only failure of the joined", errors.Join(refused, fmt.Errorf("cook: %w", marked)), true},
		{"none of the joined", errors.Join(refused, plain), false},
		{"joined refusals", errors.Join(refused, refused), false},
		{"joined and marked", telemetry.MarkRecorded(errors.Join(marked, plain)), true},
	} {
		if got := telemetry.Recorded(tt.err); got != tt.want {
			t.Errorf("%s: Recorded() = %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestMarkRecordedMarksOnceAndNeverNil(t *testing.T) {
	t.Parallel()
	if got := telemetry.MarkRecorded(nil); got != nil {
		t.Errorf("MarkRecorded(nil) = %v, want nil", got)
	}
	marked := fmt.Errorf("place: %w", telemetry.MarkRecorded(errors.New("plain")))
	if got := telemetry.MarkRecorded(marked); got != marked { //nolint:errorlint // the very same error is wanted
		t.Errorf("MarkRecorded() = %#v, want the error as it is", got)
	}
}

func TestJoinedErrorsAreRecordedIfEveryFailureIs(t *testing.T) {
	t.Parallel()
	logged, refusal := telemetry.MarkRecorded(errors.New("logged")), fault.New(fault.NotFound, "nothing there")
	for name, test := range map[string]struct {
		err  error
		want bool
	}{
		"all logged":            {errors.Join(logged, logged), true},
		"logged and a refusal":  {errors.Join(refusal, logged), true},
		"a failure not logged":  {errors.Join(logged, errors.New("new")), false},
		"refusals alone":        {errors.Join(refusal, refusal), false},
		"wrapped around a join": {fmt.Errorf("do it: %w", errors.Join(logged, logged)), true},
	} {
		if got := telemetry.Recorded(test.err); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}
