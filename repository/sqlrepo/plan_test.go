package sqlrepo_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/repository/repositorytest"
	"github.com/neuroglia-go/neuroglia/repository/sqlrepo"
)

func TestNoStatementOfTheOutboxReadsAllOfATable(t *testing.T) {
	t.Parallel()
	whole := regexp.MustCompile(`(?m)Seq Scan on neuroglia_|SCAN neuroglia_\w+$|Hash Join|Merge Join`)
	for name, url := range shared() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t, url(t))
			for statement, plan := range sqlrepo.Plans(t, db) {
				if whole.MatchString(plan) {
					t.Errorf("the plan of\n%s\nreads all of a table:\n%s", statement, plan)
				}
				inOrder := regexp.MustCompile(`Index Scan using neuroglia_outbox_free|USING INDEX neuroglia_outbox_free`)
				sorts := regexp.MustCompile(`Sort  |USE TEMP B-TREE`)
				if strings.Contains(statement, "attempts + 1") && (!inOrder.MatchString(plan) || sorts.MatchString(plan)) {
					t.Errorf("the plan to claim does not use the index of what is free:\n%s", plan)
				}
			}
		})
	}
}

// BenchmarkFullOutbox measures how long an event takes to be kept, claimed and settled beside a hundred thousand others.
func BenchmarkFullOutbox(b *testing.B) {
	const many = 100_000
	for name, url := range shared() {
		for what, fill := range map[string]func(*sqlrepo.DB){
			"nothing":                    func(*sqlrepo.DB) {},
			"one stream that waits":      func(db *sqlrepo.DB) { sqlrepo.Backlog(b, db, 1, many); sqlrepo.Postpone(b, db) },
			"many streams that wait":     func(db *sqlrepo.DB) { sqlrepo.Backlog(b, db, many, 1); sqlrepo.Postpone(b, db) },
			"a backlog":                  func(db *sqlrepo.DB) { sqlrepo.Backlog(b, db, many, 1) },
			"a backlog of strange types": func(db *sqlrepo.DB) { sqlrepo.Backlog(b, db, many, 1); sqlrepo.Estrange(b, db) },
			"dead letters":               func(db *sqlrepo.DB) { sqlrepo.Backlog(b, db, many, 1); sqlrepo.Bury(b, db) },
		} {
			b.Run(name+"/"+what, func(b *testing.B) {
				db := quiet(b, url(b))
				store := newStore(b, db, repositorytest.Schema())
				conclude(b, db, outbox.Delivered, save(b, store, "first", 1)) // statements are planned while it is small
				fill(db)
				for b.Loop() {
					conclude(b, db, outbox.Untouched, save(b, store, aggregate.NewID(), 1))
					claimed, _, err := db.Outbox().Claim(b.Context(), []string{"Counted"}, 1)
					if err != nil {
						b.Fatal(err)
					}
					conclude(b, db, outbox.Delivered, claimed)
				}
			})
		}
	}
}
