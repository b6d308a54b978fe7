package spacelift

import (
	"cmp"
	"log/slog"
	"net/http"
	"time"

	"liftgraph/extract/spacelift/api"
)

// Config says which account to read, and how.
type Config struct {
	Endpoint string // as [ParseEndpoint] takes it

	Token     Secret                 // a ready token (JWT)
	Reread    func() (Secret, error) // reads that token again, where it is kept in a file that others write; nil: it stays
	KeyID     string                 // or of an API key: a ULID, or oidc::<issuer>::<id>
	KeySecret func() (Secret, error) // of that key, read at each exchange: an OIDC token rotates

	GitHubToken func() (Secret, error) // or a personal token of GitHub's, read at each exchange

	RequestsPerSecond float64       // 0: no limit
	Workers           int           // requests under way at once; 0: 8
	RunDetails        RunDetails    // "": AllDetails
	FirstContact      time.Duration // how long until the server must have answered once; 0: 60 s
	MaxAnswer         int64         // bytes of one answer, uncompressed; 0: 64 MiB
	UserAgent         string        // "": liftgraph

	apart bool // details are requested run by run, not within the pages of runs

	Previous *Previous // the previous extraction, to go on from; nil: everything is read

	Recorder  api.Recorder      // keeps answers, so that an extraction that was killed needn't be begun again; nil: none are kept
	Transport http.RoundTripper // nil: one of its own, which heeds HTTPS_PROXY and the like
	Stats     *Stats            // counts for a progress display; may be nil
	Log       *slog.Logger      // receives retries and their reasons; nil: silent
}

// RunDetails says what is read of each run beyond its row in the list.
type RunDetails string

// What is read of each run: history has who confirmed it, logs have which workers executed it.
const (
	AllDetails     RunDetails = "all"
	HistoryDetails RunDetails = "history"
	NoDetails      RunDetails = "none"
)

// settings returns what the conversation with the server needs of the config.
func (c Config) settings() api.Settings {
	return api.Settings{
		Endpoint: c.Endpoint, RequestsPerSecond: c.RequestsPerSecond,
		Credentials: api.Credentials{Token: c.Token, Reread: c.Reread, KeyID: c.KeyID, KeySecret: c.KeySecret, GitHubToken: c.GitHubToken},
		Workers:     c.Workers, MaxAnswer: c.MaxAnswer, UserAgent: c.UserAgent, Recorder: c.Recorder, Transport: c.Transport, Traffic: &c.Stats.traffic, Log: c.Log,
	}
}

// check fills in what was left out, or returns a [UsageError].
func (c Config) check() (Config, error) {
	var err error
	if c.Endpoint, err = ParseEndpoint(c.Endpoint); err != nil {
		return c, err
	}
	switch key := c.KeyID != "" || c.KeySecret != nil; {
	case c.GitHubToken != nil && (key || c.Token != ""):
		return c, &UsageError{Problem: "a GitHub token is given, and a token or an API key too: give one of them"}
	case c.GitHubToken != nil:
	case c.Token != "" && key:
		return c, &UsageError{Problem: "both a token and an API key are given: give one of them (SPACELIFT_API_TOKEN, or SPACELIFT_API_KEY_ID and its secret)"}
	case c.Token == "" && !key:
		return c, &UsageError{Problem: "no credentials: set SPACELIFT_API_TOKEN, or SPACELIFT_API_KEY_ID and SPACELIFT_API_KEY_SECRET"}
	case key && c.KeyID == "":
		return c, &UsageError{Problem: "an API key's secret without its id: set SPACELIFT_API_KEY_ID"}
	case key && c.KeySecret == nil:
		return c, &UsageError{Problem: "an API key's id without its secret: set SPACELIFT_API_KEY_SECRET"}
	}
	c.RunDetails = cmp.Or(c.RunDetails, AllDetails)
	if c.RunDetails != AllDetails && c.RunDetails != HistoryDetails && c.RunDetails != NoDetails {
		return c, &UsageError{Problem: "run details are all, history or none, not " + string(c.RunDetails)}
	}
	if c.RequestsPerSecond < 0 || c.Workers < 0 {
		return c, &UsageError{Problem: "the number of requests per second and that of workers can't be negative"}
	}
	c.Workers = cmp.Or(c.Workers, 8)
	c.FirstContact = cmp.Or(c.FirstContact, time.Minute)
	c.MaxAnswer = cmp.Or(c.MaxAnswer, 64<<20)
	c.UserAgent = cmp.Or(c.UserAgent, "liftgraph")
	c.Stats = cmp.Or(c.Stats, new(Stats))
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c, nil
}
