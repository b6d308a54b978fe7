package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"
)

// How often a query's state is asked for. Athena's limit for an account is in the hundreds a second.
const (
	firstPoll   = 200 * time.Millisecond
	longestPoll = 10 * time.Second
	pollTries   = 10               // of one question: the query goes on meanwhile
	stopTimeout = 10 * time.Second // to cancel a query
)

// defaultCatalog is Athena's name for the Glue catalog of the account.
const defaultCatalog = "AwsDataCatalog"

var errEmpty = errors.New("the answer of Athena is empty")

type athenaEngine struct {
	*Config
	catalog, database, table string
}

func newAthena(c *Config) (*athenaEngine, error) {
	n, err := tableName(c.Table)
	if err != nil {
		return nil, err
	}
	if c.Athena.Client == nil {
		return nil, errors.New("no client for Athena")
	}
	a := &athenaEngine{Config: c, catalog: defaultCatalog, table: n.table()}
	switch len(n) {
	case 1:
		return nil, fmt.Errorf("the table %s lacks its database: write database.%s", c.Table, c.Table)
	case 3:
		a.catalog = n[0]
	}
	a.database = n[len(n)-2]
	return a, nil
}

func (a *athenaEngine) columns(ctx context.Context) ([]column, error) {
	in := &athena.GetTableMetadataInput{CatalogName: &a.catalog, DatabaseName: &a.database, TableName: &a.table}
	if a.Athena.Workgroup != "" {
		in.WorkGroup = &a.Athena.Workgroup
	}
	out, err := a.Athena.Client.GetTableMetadata(ctx, in)
	if err != nil {
		return nil, err
	}
	if out.TableMetadata == nil {
		return nil, errEmpty
	}
	var columns []column
	for _, c := range out.TableMetadata.Columns {
		columns = append(columns, column{name: aws.ToString(c.Name), typ: aws.ToString(c.Type)})
	}
	parameters := out.TableMetadata.Parameters
	for _, c := range out.TableMetadata.PartitionKeys {
		p := column{name: aws.ToString(c.Name), typ: aws.ToString(c.Type), partition: true}
		if strings.EqualFold(parameters["projection.enabled"], "true") {
			prefix := "projection." + p.name + "."
			p.projection = map[string]string{"type": parameters[prefix+"type"], "format": parameters[prefix+"format"]}
		}
		columns = append(columns, p)
	}
	return columns, nil
}

func (a *athenaEngine) statement(_, selection, location string) (string, error) {
	return unload(selection, location), nil
}

func (a *athenaEngine) execute(ctx context.Context, id string, r *Result) error {
	output, err := outputURI(a.Output)
	if err != nil {
		return err
	}
	in := &athena.StartQueryExecutionInput{
		QueryString:           &r.Statement,
		QueryExecutionContext: &types.QueryExecutionContext{Catalog: &a.catalog, Database: &a.database},
		// Athena's own files about the query, which must not lie among the data. A workgroup may overrule it.
		ResultConfiguration: &types.ResultConfiguration{OutputLocation: aws.String(output + "/" + id + "/query/")},
	}
	if a.Athena.Workgroup != "" {
		in.WorkGroup = &a.Athena.Workgroup
	}
	started, err := a.Athena.Client.StartQueryExecution(ctx, in)
	if err != nil {
		return advise(fmt.Errorf("start the query: %w", err))
	}
	r.QueryID = aws.ToString(started.QueryExecutionId)
	a.Log.Info("Athena searches the table", "table", a.Table, "query", r.QueryID, "result", r.Location)
	done, err := a.wait(ctx, r.QueryID)
	if err != nil {
		return fmt.Errorf("query %s: %w", r.QueryID, err)
	}
	if s := done.Statistics; s != nil {
		r.Bytes = aws.ToInt64(s.DataScannedInBytes)
	}
	r.Cost = athenaCost(r.Bytes)
	return nil
}

// wait asks for the query's state until it has ended. Unless it has, it is cancelled.
func (a *athenaEngine) wait(ctx context.Context, id string) (*types.QueryExecution, error) {
	state := types.QueryExecutionState("")
	for pause := firstPoll; ; pause = min(pause*3/2, longestPoll) {
		select {
		case <-ctx.Done():
			return nil, also(context.Cause(ctx), a.stop(ctx, id))
		case <-time.After(pause):
		}
		out, err := a.Athena.Client.GetQueryExecution(ctx, &athena.GetQueryExecutionInput{QueryExecutionId: &id},
			func(o *athena.Options) { o.RetryMaxAttempts = pollTries })
		if err != nil {
			if ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			return nil, also(advise(err), a.stop(ctx, id))
		}
		q := out.QueryExecution
		if q == nil || q.Status == nil {
			return nil, also(errEmpty, a.stop(ctx, id))
		}
		if q.Status.State != state {
			state = q.Status.State
			a.Log.Debug("Athena's query", "query", id, "state", state)
		}
		switch state {
		case types.QueryExecutionStateSucceeded:
			return q, nil
		case types.QueryExecutionStateFailed:
			return nil, failure(q.Status)
		case types.QueryExecutionStateCancelled:
			return nil, fmt.Errorf("cancelled by someone else: %s", reason(q.Status))
		default: // queued or running
		}
	}
}

// stop cancels a query that is no longer waited for, although the context has ended: it would go on, and cost.
func (a *athenaEngine) stop(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if _, err := a.Athena.Client.StopQueryExecution(ctx, &athena.StopQueryExecutionInput{QueryExecutionId: &id}); err != nil {
		return fmt.Errorf("it could not be cancelled either, and may go on: %w", err)
	}
	return nil
}

func reason(s *types.QueryExecutionStatus) string {
	if r := aws.ToString(s.StateChangeReason); r != "" {
		return r
	}
	if s.AthenaError != nil && aws.ToString(s.AthenaError.ErrorMessage) != "" {
		return *s.AthenaError.ErrorMessage
	}
	return "Athena states no reason"
}

// failure is the error of a query that failed. What it wrote until then stays where it is, and is never read.
func failure(s *types.QueryExecutionStatus) error {
	err := fmt.Errorf("failed: %s", reason(s))
	if s.AthenaError != nil && s.AthenaError.Retryable {
		return fmt.Errorf("%w; Athena expects it to succeed when it is run again", err)
	}
	return advise(err)
}

// athenaCost says what a query costs: https://aws.amazon.com/athena/pricing/, $5 a TB in most regions, 10 MB at least.
func athenaCost(scanned int64) string {
	const price, least = 5.0, 10 << 20
	return fmt.Sprintf("Athena scanned %s: about $%.2f at $5 a TB", size(scanned), price*float64(max(scanned, least))/(1<<40))
}
