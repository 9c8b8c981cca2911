package contract_test

import (
	"errors"
	"log/slog"
	"testing"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/repository"
)

func TestEveryOperationOfARepository(t *testing.T) {
	t.Parallel()
	s := newShop(t, observabilitytest.Level(slog.LevelInfo), observabilitytest.Scopes())
	o := &Order{Root: aggregate.NewRoot("o1")}
	_, errFound := s.orders.Contains(t.Context(), "o1")
	_, errList := s.orders.List(t.Context(), repository.Query{})
	_, errGet := s.orders.Get(t.Context(), "o1")
	if err := errors.Join(errFound, errList, s.orders.Add(t.Context(), o),
		s.orders.Update(t.Context(), "o1", func(*Order) error { return nil }), s.orders.Remove(t.Context(), "o1", nil)); err != nil {
		t.Fatal(err)
	}
	if fault.KindOf(errGet) != fault.NotFound {
		t.Errorf("Get() = %v, want not found", errGet)
	}
	observabilitytest.Diff(t, s.rec.Spans(), `
		Repository.contains INTERNAL neuroglia.entity.id=o1 neuroglia.entity.type=Order neuroglia.repository.found=false neuroglia.repository.operation=contains neuroglia.repository.type=memrepo scope=github.com/neuroglia-go/neuroglia/repository
		Repository.list INTERNAL neuroglia.entity.type=Order neuroglia.repository.count=0 neuroglia.repository.operation=list neuroglia.repository.type=memrepo scope=github.com/neuroglia-go/neuroglia/repository
		Repository.get INTERNAL neuroglia.entity.id=o1 neuroglia.entity.type=Order neuroglia.repository.found=false neuroglia.repository.operation=get neuroglia.repository.type=memrepo scope=github.com/neuroglia-go/neuroglia/repository
		Repository.add INTERNAL neuroglia.entity.id=o1 neuroglia.entity.type=Order neuroglia.entity.version=1 neuroglia.repository.operation=add neuroglia.repository.type=memrepo scope=github.com/neuroglia-go/neuroglia/repository
		Repository.update INTERNAL neuroglia.entity.id=o1 neuroglia.entity.type=Order neuroglia.entity.version=2 neuroglia.repository.operation=update neuroglia.repository.type=memrepo scope=github.com/neuroglia-go/neuroglia/repository
		Repository.remove INTERNAL neuroglia.entity.id=o1 neuroglia.entity.type=Order neuroglia.repository.operation=remove neuroglia.repository.type=memrepo scope=github.com/neuroglia-go/neuroglia/repository
	`)
	observabilitytest.Diff(t, s.rec.Metrics("neuroglia.repository"), `
		neuroglia.repository.conflicts counter {conflict} scope=github.com/neuroglia-go/neuroglia/repository
		  {neuroglia.entity.type=Order} value=0
		neuroglia.repository.operation.duration histogram s buckets=[0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10] scope=github.com/neuroglia-go/neuroglia/repository
		  {neuroglia.entity.type=Order neuroglia.repository.operation=add neuroglia.repository.type=memrepo} count=1
		  {neuroglia.entity.type=Order neuroglia.repository.operation=contains neuroglia.repository.type=memrepo} count=1
		  {neuroglia.entity.type=Order neuroglia.repository.operation=get neuroglia.repository.type=memrepo} count=1
		  {neuroglia.entity.type=Order neuroglia.repository.operation=list neuroglia.repository.type=memrepo} count=1
		  {neuroglia.entity.type=Order neuroglia.repository.operation=remove neuroglia.repository.type=memrepo} count=1
		  {neuroglia.entity.type=Order neuroglia.repository.operation=update neuroglia.repository.type=memrepo} count=1
	`)
	observabilitytest.Diff(t, s.rec.Logs(), "")
}

func TestRepositoryThatFails(t *testing.T) {
	t.Parallel()
	s := newShop(t, observabilitytest.Level(slog.LevelInfo))
	err := s.orders.Add(t.Context(), &Order{}) // an aggregate without identity is a defect
	if err == nil {
		t.Error("Add() = nil, want an error")
	}
	observabilitytest.Diff(t, s.rec.Spans(), `
		Repository.add INTERNAL ERROR(add Order: the aggregate has no identity: make its root with aggregate.NewRoot) error.type=*errors.errorString neuroglia.entity.type=Order neuroglia.repository.operation=add neuroglia.repository.type=memrepo
	`)
	observabilitytest.Diff(t, s.rec.Metrics("neuroglia.repository.operation"), `
		neuroglia.repository.operation.duration histogram s buckets=[0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10]
		  {error.type=*errors.errorString neuroglia.entity.type=Order neuroglia.repository.operation=add neuroglia.repository.type=memrepo} count=1
	`)
}

func TestUpdateThatMetAnotherIsNoError(t *testing.T) {
	t.Parallel()
	s := newShop(t, observabilitytest.Level(slog.LevelInfo))
	s.send(t, "o1")
	s.rec.Reset()
	met := false
	err := s.orders.Update(t.Context(), "o1", func(*Order) error {
		if met {
			return nil
		}
		met = true
		return s.orders.Update(t.Context(), "o1", func(*Order) error { return nil })
	})
	if err != nil {
		t.Fatal(err)
	}
	observabilitytest.Diff(t, s.rec.Spans(), `
		Repository.update INTERNAL neuroglia.entity.id=o1 neuroglia.entity.type=Order neuroglia.entity.version=3 neuroglia.repository.operation=update neuroglia.repository.type=memrepo
		  event conflict neuroglia.attempt=1
		Repository.update INTERNAL neuroglia.entity.id=o1 neuroglia.entity.type=Order neuroglia.entity.version=2 neuroglia.repository.operation=update neuroglia.repository.type=memrepo
	`)
	observabilitytest.Diff(t, s.rec.Metrics("neuroglia.repository.conflicts"), `
		neuroglia.repository.conflicts counter {conflict}
		  {neuroglia.entity.type=Order} value=1
	`)
}
