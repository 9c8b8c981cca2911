package memrepo_test

import (
	"testing"

	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/memrepo"
	"github.com/neuroglia-go/neuroglia/repository/repositorytest"
)

func TestStoreConforms(t *testing.T) {
	t.Parallel()
	repositorytest.Run(t, repositorytest.Harness{
		Open: func(_ *testing.T, schema repository.Schema[repositorytest.Ticket]) repository.Store[repositorytest.Ticket] {
			return memrepo.New(schema)
		},
	})
}
