package pipeline

import (
	"context"
	"errors"

	"liftgraph/cmd/liftgraph/progress"
	"liftgraph/graph"
)

// watched is a sink that counts rows and stops when the job is interrupted.
type watched struct {
	sink  graph.Sink
	ctx   context.Context
	stage *progress.Stage
}

type watchedTable struct {
	graph.TableWriter
	w *watched
}

func (w *watched) Table(t *graph.Table) (graph.TableWriter, error) {
	rows, err := w.sink.Table(t)
	if err != nil {
		return nil, err
	}
	return watchedTable{rows, w}, nil
}

func (t watchedTable) Write(row graph.Row) error {
	if err := t.w.ctx.Err(); err != nil {
		return err
	}
	t.w.stage.Add(1)
	return t.TableWriter.Write(row)
}

// tee is a sink that writes into two.
type tee [2]graph.Sink

type teeTable [2]graph.TableWriter

func (s tee) Table(t *graph.Table) (graph.TableWriter, error) {
	var w teeTable
	for i := range s {
		var err error
		if w[i], err = s[i].Table(t); err != nil {
			return nil, err
		}
	}
	return w, nil
}

func (w teeTable) Write(row graph.Row) error {
	return errors.Join(w[0].Write(row), w[1].Write(row))
}

func (w teeTable) Close() error { return errors.Join(w[0].Close(), w[1].Close()) }
