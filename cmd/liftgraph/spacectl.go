package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"liftgraph/extract/spacelift"
)

// selectedProfile names the profile that is selected in spacectl.
const selectedProfile = "current"

// The kinds of credentials in spacectl's profiles, by their numbers.
const (
	profileAPIKey = 1 + iota
	profileGitHubToken
	profileAPIToken
)

// spacectlProfile is a profile of spacectl, as far as it is used.
type spacectlProfile struct {
	Credentials *spacectlCredentials `json:"credentials"`
}

type spacectlCredentials struct {
	Type        int              `json:"type"`
	Endpoint    string           `json:"endpoint"`
	AccessToken spacelift.Secret `json:"access_token"` // of GitHub's or of Spacelift's
	KeyID       string           `json:"key_id"`
	KeySecret   spacelift.Secret `json:"key_secret"`
	ProxyAuth   *struct{}        `json:"proxy_auth"` // a command that prints a header for a proxy
}

// spacectlDir returns the directory of spacectl's configuration.
func spacectlDir() (string, error) {
	if dir := os.Getenv("SPACELIFT_CONFIG_DIR"); dir != "" {
		return dir, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("cannot find spacectl's configuration: %w; name its directory in SPACELIFT_CONFIG_DIR", err)
	}
	return filepath.Join(home, ".spacelift"), nil
}

// readProfile returns the credentials of a profile: of config.json, or of a file of its own, as older versions of
// spacectl have them.
func readProfile(name string) (*spacectlCredentials, error) {
	dir, err := spacectlDir()
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "config.json")
	body, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return readProfileFile(dir, name)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read spacectl's profiles: %w", err)
	}
	var config struct {
		Current  string                      `json:"currentProfileAlias"`
		Profiles map[string]*spacectlProfile `json:"profiles"`
	}
	if err := json.Unmarshal(body, &config); err != nil {
		return nil, fmt.Errorf("%s is no configuration of spacectl: %w", file, withoutContent(err))
	}
	alias := name
	if name == selectedProfile {
		if alias = config.Current; alias == "" {
			return nil, fmt.Errorf("%s has no selected profile; run `spacectl profile select NAME`, or name one", file)
		}
	}
	p := config.Profiles[alias]
	if p == nil || p.Credentials == nil {
		there := strings.Join(slices.Sorted(maps.Keys(config.Profiles)), ", ")
		if there == "" {
			there = "none"
		}
		return nil, fmt.Errorf("%s has no profile %q; there is %s, and `spacectl profile login NAME` makes one", file, alias, there)
	}
	return p.Credentials, nil
}

func readProfileFile(dir, name string) (*spacectlCredentials, error) {
	if name == "" || name != filepath.Base(name) || strings.HasPrefix(name, ".") {
		return nil, fmt.Errorf("%q can't be the name of a profile", name)
	}
	file := filepath.Join(dir, name)
	body, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s has neither a config.json nor a profile %q; `spacectl profile login NAME` makes one", dir, name)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read spacectl's profile: %w", err)
	}
	var both struct {
		spacectlProfile
		spacectlCredentials // the oldest form is nothing but these
	}
	if err := json.Unmarshal(body, &both); err != nil {
		return nil, fmt.Errorf("%s is no profile of spacectl: %w", file, withoutContent(err))
	}
	if both.Credentials != nil {
		return both.Credentials, nil
	}
	return &both.spacectlCredentials, nil
}

// withoutContent returns an error of JSON without what the file holds, which may be a secret.
func withoutContent(err error) error {
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("it isn't JSON from byte %d on", e.Offset)
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("%s is of another type than it should be", e.Field)
	}
	return errors.New("it isn't JSON")
}

// profileCredentials sets the endpoint and the credentials of the profile that --spacectl-profile names. The profile is
// read again at each renewal: spacectl may have written a new secret into it.
func profileCredentials(c *cli.Context, cfg *spacelift.Config) error {
	name := c.String(profileFlag)
	for _, flag := range []string{tokenFileFlag, secretFileFlag} {
		if c.IsSet(flag) {
			return usagef("--%s and --%s both say where credentials are: give one of them", profileFlag, flag)
		}
	}
	p, err := readProfile(name)
	if err != nil {
		return usagef("--%s %s: %w", profileFlag, name, err)
	}
	bad := func(format string, args ...any) error {
		return usagef("--%s %s: %w; run `spacectl profile login` again, or set an API key in the environment", profileFlag, name, fmt.Errorf(format, args...))
	}
	theirs, err := spacelift.ParseEndpoint(p.Endpoint)
	if err != nil {
		return bad("its endpoint %q can't be used: %w", p.Endpoint, err)
	}
	if cfg.Endpoint == "" {
		cfg.Endpoint = p.Endpoint
	} else if ours, err := spacelift.ParseEndpoint(cfg.Endpoint); err != nil {
		return err
	} else if ours != theirs {
		return usagef("--%s %s is of %s, but --%s (or SPACELIFT_API_KEY_ENDPOINT) is %s: leave one of them out", profileFlag, name, theirs, endpointFlag, ours)
	}
	again := func(of func(*spacectlCredentials) spacelift.Secret) func() (spacelift.Secret, error) {
		return func() (spacelift.Secret, error) {
			now, err := readProfile(name)
			if err != nil {
				return "", err
			}
			if now.Type != p.Type || now.Endpoint != p.Endpoint || of(now) == "" {
				return "", fmt.Errorf("the profile %s was changed to another kind or endpoint meanwhile", name)
			}
			return of(now), nil
		}
	}
	accessToken := func(p *spacectlCredentials) spacelift.Secret { return p.AccessToken }
	switch {
	case p.ProxyAuth != nil:
		return bad("it has a command for a proxy's header, which liftgraph doesn't run")
	case p.Type == profileAPIKey && p.KeyID != "" && p.KeySecret != "":
		cfg.KeyID, cfg.KeySecret = p.KeyID, again(func(p *spacectlCredentials) spacelift.Secret { return p.KeySecret })
	case p.Type == profileGitHubToken && p.AccessToken != "":
		cfg.GitHubToken = again(accessToken)
	case p.Type == profileAPIToken && p.AccessToken != "":
		cfg.Token, cfg.Reread = p.AccessToken, again(accessToken)
	case p.Type < profileAPIKey || p.Type > profileAPIToken:
		return bad("its credentials are of the kind %d, which liftgraph doesn't know: it knows API keys (1), GitHub tokens (2) and API tokens (3)", p.Type)
	default:
		return bad("its credentials are not whole")
	}
	return nil
}
