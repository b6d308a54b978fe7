package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"time"

	"liftgraph/extract/spacelift"
	"liftgraph/extract/spacelift/api"
	"liftgraph/internal/journal"
)

// Resume lets the reading of the API go on where one that was killed or failed ended.
type Resume struct {
	Say func(text string) // takes what the user must know of it; may be nil
}

// resumeAge is how long answers of the API are worth something: later, too much of the account has changed.
const resumeAge = 24 * time.Hour

// resumePath is where the answers are kept within the data directory until they are published.
func (j *job) resumePath() string { return filepath.Join(j.cfg.Data, ".resume", spaceliftSource) }

// resume hands the reading of the API what an earlier one left. It is called once the data directory is this process's.
func (j *job) resume() error {
	if j.cfg.Resume == nil || j.cfg.Spacelift == nil {
		return nil
	}
	left, err := journal.Open(j.resumePath(), resumeOf(j.cfg.Version, j.cfg.Spacelift, j.cfg.SinceLast), resumeAge, time.Now())
	if err != nil {
		return fmt.Errorf("take up what an earlier extraction left: %w; remove %s, or give --resume=false", err, j.resumePath())
	}
	j.closers = append(j.closers, left.Close)
	cfg := *j.cfg.Spacelift
	cfg.Recorder = left
	j.cfg.Spacelift = &cfg
	say := j.cfg.Resume.Say
	switch {
	case say == nil:
	case left.Ignored != "":
		say("what an earlier extraction left is ignored: " + left.Ignored)
	case left.Found > 0:
		say(fmt.Sprintf("going on with an extraction that was begun at %s and not finished: %d answers of the API are taken from it", left.Began.Format(time.RFC3339), left.Found))
	}
	return nil
}

// resumedAfter drops what was kept where it is published, which an error of publishing says it isn't.
func (j *job) resumedAfter(err error) error {
	if err != nil || j.cfg.Resume == nil || j.cfg.Spacelift == nil {
		return nil //nolint:nilerr // the caller returns it; what was kept stays for the next extraction
	}
	return journal.Remove(j.resumePath())
}

// resumeOf names what answers are of: those of another account, of other rights or settings would be another graph.
func resumeOf(version string, cfg *spacelift.Config, since bool) string {
	token := cfg.Token
	if cfg.GitHubToken != nil {
		token, _ = cfg.GitHubToken() // an error comes again when it is exchanged
	}
	who := sha256.Sum256([]byte(cfg.KeyID + "\x00" + string(token)))
	return fmt.Sprintf("%s %s %s details=%s since=%t", version, cfg.Endpoint, hex.EncodeToString(who[:8]), cfg.RunDetails, since)
}

// keptAnswers ends the extraction at the first answer that can't be kept or read. The client would take a fault of the disk for one of
// the server: it would ask again, and at last name a scope incomplete.
type keptAnswers struct {
	api.Recorder
	end    context.CancelCauseFunc
	failed atomic.Pointer[error]
}

func (k *keptAnswers) Recall(request []byte) ([]byte, bool, error) {
	answer, ok, err := k.Recorder.Recall(request)
	return answer, ok, k.check(err)
}

func (k *keptAnswers) Record(request, answer []byte) error {
	return k.check(k.Recorder.Record(request, answer))
}

func (k *keptAnswers) check(err error) error {
	if err != nil {
		err = fmt.Errorf("keep what was read, so that a killed extraction can go on: %w; make space, or give --resume=false", err)
		k.failed.CompareAndSwap(nil, &err)
		k.end(err)
	}
	return err
}
