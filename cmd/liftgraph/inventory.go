package main

import (
	"context"
	"errors"
	"os"

	"github.com/urfave/cli/v2"

	"liftgraph/cmd/liftgraph/pipeline"
	"liftgraph/extract/inventory"
	"liftgraph/internal/raw"
)

func inventoryFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{
			Name: inventoryFlag, Aliases: []string{inventoryAlias}, EnvVars: env(inventoryFlag, env(inventoryAlias)...),
			Usage: "`FILE` of known AWS resources, to resolve sanitized ids: one ARN a line, of any type, or an instance's id, or id,account,region",
		},
		boolFlag(neo4jInventoryFlag, "take known EC2 instances, to resolve sanitized ids, also from the Neo4j that --"+neo4jURIFlag+" names"),
	}
}

// knownInstances returns where known instances are listed: the file must be there, and the Neo4j answer, before anything is read.
func knownInstances(c *cli.Context) (pipeline.Inventory, error) {
	file, err := inventoryFile(c)
	if err != nil || !c.Bool(neo4jInventoryFlag) {
		return pipeline.Inventory{File: file}, err
	}
	driver, err := server(c).Driver()
	if err != nil {
		return pipeline.Inventory{}, err
	}
	database := c.String(neo4jDatabaseFlag)
	if err := inventory.Check(c.Context, driver, database); err != nil {
		return pipeline.Inventory{}, errors.Join(err, driver.Close(c.Context))
	}
	return pipeline.Inventory{File: file, List: func(ctx context.Context, take func(raw.Instance) error) (err error) {
		defer func() { err = errors.Join(err, driver.Close(context.WithoutCancel(ctx))) }()
		return inventory.FromNeo4j(ctx, driver, database, take)
	}}, nil
}

// inventoryFile returns the file of --instance-inventory, which must be there before anything is read.
func inventoryFile(c *cli.Context) (string, error) {
	name := c.String(inventoryFlag)
	if name == "" {
		return "", nil
	}
	f, err := os.Open(name)
	if err != nil {
		return "", usagef("--%s: %w", inventoryFlag, err)
	}
	info, err := f.Stat()
	if err = errors.Join(err, f.Close()); err != nil {
		return "", usagef("--%s: %w", inventoryFlag, err)
	}
	if info.IsDir() {
		return "", usagef("--%s: %s is a directory, and not a file", inventoryFlag, name)
	}
	return name, nil
}
