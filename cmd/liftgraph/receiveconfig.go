package main

import (
	"crypto/tls"
	"log/slog"
	"net"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/urfave/cli/v2"

	"liftgraph/extract/audittrail/receiver"
	"liftgraph/extract/audittrail/spool"
	"liftgraph/extract/spacelift"
	"liftgraph/internal/objects"
)

// receiveSettings is what the flags of receive ask for.
type receiveSettings struct {
	listen, statusListen string
	tls                  *tls.Config // nil: plain HTTP
	receiver             receiver.Config
	spoolDir             string
	spool                spool.Options
	uploadURI            string
	upload               spool.Store // nil: closed segments stay
	log                  *slog.Logger
}

// receiveConfig reads the flags and the secrets.
func receiveConfig(c *cli.Context) (*receiveSettings, error) {
	log, err := logger(c)
	if err != nil {
		return nil, err
	}
	cfg := &receiveSettings{
		listen: c.String(listenFlag), statusListen: c.String(statusListenFlag), log: log,
		receiver: receiver.Config{
			AllowSHA1: c.Bool(allowSHA1Flag), Path: c.String(hookPathFlag), Log: log, MaxBody: c.Int64(maxBodyFlag) << 20,
			MaxConcurrent: c.Int(maxConcurrentFlag), StatusApart: c.String(statusListenFlag) != "",
		},
		spoolDir: c.String(spoolFlag), uploadURI: c.String(uploadFlag),
		spool: spool.Options{MaxBytes: c.Int64(rotateSizeFlag) << 20, MaxAge: c.Duration(rotateAgeFlag), Log: log},
	}
	if err := cfg.check(c); err != nil {
		return nil, err
	}
	if cfg.receiver.Secrets, err = webhookSecrets(c); err != nil {
		return nil, err
	}
	if cert, key := c.String(tlsCertFlag), c.String(tlsKeyFlag); cert != "" {
		if cfg.tls, err = receiver.Certificates(cert, key, log); err != nil {
			return nil, usagef("--%s %s, --%s %s: %w", tlsCertFlag, cert, tlsKeyFlag, key, err)
		}
	}
	if cfg.uploadURI != "" {
		aws := awsOf(c)
		if cfg.upload, err = objects.OpenFolder(c.Context, cfg.uploadURI, objects.Options{AWS: aws, Attempts: 3, Log: log}); err != nil {
			return nil, err
		}
	}
	return cfg, nil
}

// check refuses what can't be.
func (cfg *receiveSettings) check(c *cli.Context) error {
	if cfg.listen == "" {
		return usagef("say where to receive: --%s :8443", listenFlag)
	}
	for name, address := range map[string]string{listenFlag: cfg.listen, statusListenFlag: cfg.statusListen} {
		if _, _, err := net.SplitHostPort(address); err != nil && address != "" {
			return usagef("--%s %s: it is host:port, or :port for all addresses", name, address)
		}
	}
	if cfg.spoolDir == "" {
		return usagef("say where to keep events: --%s DIR", spoolFlag)
	}
	if p := cfg.receiver.Path; !strings.HasPrefix(p, "/") || strings.ContainsAny(p, "?#") || p == receiver.HealthPath || p == receiver.MetricsPath {
		return usagef("--%s %s: it begins with /, has neither ? nor #, and isn't %s or %s", hookPathFlag, p, receiver.HealthPath, receiver.MetricsPath)
	}
	if n := c.Int64(maxBodyFlag); n < 1 || n > 64 {
		return usagef("--%s %d: it is from 1 to 64 MiB", maxBodyFlag, n)
	}
	if n := c.Int(maxConcurrentFlag); n < 1 || n > 100_000 {
		return usagef("--%s %d: it is from 1 to 100000", maxConcurrentFlag, n)
	}
	if n := c.Int64(rotateSizeFlag); n < 1 || n > 1024 {
		return usagef("--%s %d: it is from 1 to 1024 MiB", rotateSizeFlag, n)
	}
	if d := c.Duration(rotateAgeFlag); d <= 0 {
		return usagef("--%s %s: it is longer than nothing", rotateAgeFlag, d)
	}
	if (c.String(tlsCertFlag) == "") != (c.String(tlsKeyFlag) == "") {
		return usagef("--%s and --%s need each other", tlsCertFlag, tlsKeyFlag)
	}
	return nil
}

// shortestSecret is how many characters a secret must have. (No secret at all is one that everybody knows.)
const shortestSecret = 8

// webhookSecrets reads the secrets that may sign deliveries.
func webhookSecrets(c *cli.Context) ([]spacelift.Secret, error) {
	if c.String(hookSecretFlag) == "" {
		return nil, usagef("say which environment variable holds the webhook's secret: --%s NAME", hookSecretFlag)
	}
	var secrets []spacelift.Secret
	for _, flag := range []string{hookSecretFlag, hookOldSecretFlag} {
		name := c.String(flag)
		if name == "" {
			continue
		}
		s := os.Getenv(name)
		switch {
		case s == "":
			return nil, usagef("--%s %s: the environment variable %[2]s is unset or empty: anyone could sign with an empty secret", flag, name)
		case strings.TrimSpace(s) != s:
			return nil, usagef("--%s %s: the secret in %[2]s begins or ends with white space, such as a line break: take it away", flag, name)
		case utf8.RuneCountInString(s) < shortestSecret:
			return nil, usagef("--%s %s: the secret in %[2]s has less than %d characters: take a longer one, e.g. from `openssl rand -hex 32`", flag, name, shortestSecret)
		}
		secrets = append(secrets, spacelift.Secret(s))
	}
	return secrets, nil
}
