package main

import (
	"errors"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"liftgraph/extract/spacelift"
)

// spaceliftConfig returns the endpoint and the credentials, which come from the environment or from files.
func spaceliftConfig(c *cli.Context) (*spacelift.Config, error) {
	log, err := logger(c)
	if err != nil {
		return nil, err
	}
	cfg := &spacelift.Config{
		Log:               log,
		Endpoint:          c.String(endpointFlag),
		RequestsPerSecond: c.Float64(rateFlag),
		Workers:           c.Int(workersFlag),
		RunDetails:        spacelift.RunDetails(c.String(detailsFlag)),
		MaxAnswer:         c.Int64(maxAnswerFlag) << 20,
		UserAgent:         "liftgraph/" + c.App.Version,
	}
	if r := cfg.RequestsPerSecond; !(r == 0 || r >= 0.01 && r <= 1e6) {
		return nil, usagef("--%s %v: it is 0 for no limit, or from 0.01 to 1000000", rateFlag, r)
	}
	if m := c.Int64(maxAnswerFlag); m < 1 || m > 1<<20 {
		return nil, usagef("--%s %d: it is from 1 to %d", maxAnswerFlag, m, 1<<20)
	}
	if cfg.Workers < 1 {
		return nil, usagef("--%s %d: it is 1 or more", workersFlag, cfg.Workers)
	}
	if c.String(profileFlag) != "" {
		if err := profileCredentials(c, cfg); err != nil {
			return nil, err
		}
	}
	if cfg.Endpoint == "" {
		return nil, usagef("no Spacelift API endpoint: give --%s https://ACCOUNT.app.spacelift.io, or set SPACELIFT_API_KEY_ENDPOINT", endpointFlag)
	}
	if _, err := spacelift.ParseEndpoint(cfg.Endpoint); err != nil {
		return nil, err
	}
	if d := cfg.RunDetails; d != spacelift.AllDetails && d != spacelift.HistoryDetails && d != spacelift.NoDetails {
		return nil, usagef("--%s %q: it is all, history or none", detailsFlag, d)
	}
	if c.String(profileFlag) != "" {
		return cfg, nil
	}
	token, err := secret(c, tokenEnvFlag, tokenFileFlag)
	if err != nil {
		return nil, err
	}
	keyID := os.Getenv(c.String(keyIDEnvFlag))
	switch {
	case token != "":
		cfg.Token = token
		if c.String(tokenFileFlag) != "" {
			cfg.Reread = func() (spacelift.Secret, error) { return secret(c, tokenEnvFlag, tokenFileFlag) }
		}
	case keyID != "":
		cfg.KeyID = keyID
		cfg.KeySecret = func() (spacelift.Secret, error) { return secret(c, secretEnvFlag, secretFileFlag) }
		s, err := cfg.KeySecret()
		if err != nil {
			return nil, err
		}
		if s == "" {
			return nil, usagef("there is an API key's id in %s, but no secret: set %s, or give --%s FILE", c.String(keyIDEnvFlag), c.String(secretEnvFlag), secretFileFlag)
		}
	default:
		return nil, usagef("no credentials for %s: set %s to a token, or %s and %s to an API key's id and secret, or give --%s NAME",
			cfg.Endpoint, c.String(tokenEnvFlag), c.String(keyIDEnvFlag), c.String(secretEnvFlag), profileFlag)
	}
	return cfg, nil
}

// secret reads the file of one flag, or else the environment variable that the other names.
func secret(c *cli.Context, envFlag, fileFlag string) (spacelift.Secret, error) {
	name := c.String(fileFlag)
	if name == "" {
		return spacelift.Secret(strings.TrimSpace(os.Getenv(c.String(envFlag)))), nil
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return "", usagef("--%s: %w", fileFlag, err)
	}
	s := strings.TrimSpace(string(b))
	if s == "" {
		return "", usagef("--%s: %w", fileFlag, errors.New(name+" is empty"))
	}
	return spacelift.Secret(s), nil
}
