package admin

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"liftgraph/ingest/source"
)

// toolName is the launcher of Neo4j's administration commands.
const toolName = "neo4j-admin"

// tool is the neo4j-admin of an installation.
type tool struct {
	path string   // absolute
	env  []string // what its commands get beside our own environment
}

// findTool looks where the configuration says, then in NEO4J_HOME, then in PATH.
func findTool(home string) (tool, error) {
	named := "--neo4j-home"
	if home == "" {
		home, named = os.Getenv("NEO4J_HOME"), "NEO4J_HOME"
	}
	if home == "" {
		path, err := exec.LookPath(toolName)
		if err != nil {
			return tool{}, fmt.Errorf("no %s in PATH: set --neo4j-home or NEO4J_HOME to the directory Neo4j is installed in, or add its bin to PATH", toolName)
		}
		path, err = filepath.Abs(path)
		return tool{path: path}, err
	}
	home, err := filepath.Abs(home)
	if err != nil {
		return tool{}, err
	}
	t := tool{path: filepath.Join(home, "bin", toolName), env: []string{"NEO4J_HOME=" + home}}
	if named == "--neo4j-home" && os.Getenv("NEO4J_HOME") != home {
		t.env = append(t.env, "NEO4J_CONF="+filepath.Join(home, "conf")) // NEO4J_CONF may belong to another home
	}
	if _, err := os.Stat(t.path); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return tool{}, fmt.Errorf("%s is %s, but there is no bin/%s in it: name the directory Neo4j is installed in", named, home, toolName)
		}
		return tool{}, err
	}
	return t, nil
}

// server returns the launcher of the server, which is beside.
func (t tool) server() string { return filepath.Join(filepath.Dir(t.path), "neo4j") }

// The oldest version that knows all options of the arguments file.
const oldestMajor, oldestMinor = 5, 26

var versionPattern = regexp.MustCompile(`(?m)^(?:neo4j )?(\d+)\.(\d+)\.\S+`)

// version returns the tool's version and refuses one that can't read what emit writes.
func (t tool) version(ctx context.Context) (string, error) {
	var text strings.Builder
	add := func(line string) { text.WriteString(line + "\n") }
	code, err := command{path: t.path, args: []string{"--version"}, env: t.env}.run(ctx, add, add)
	if err != nil {
		return "", err
	}
	m := versionPattern.FindStringSubmatch(text.String())
	if code != 0 || m == nil {
		if need, have, old := javaTooOld(text.String()); old {
			return "", fmt.Errorf("%s needs Java %s or later, but the Java found is %s: install it, or set JAVA_HOME to it", t.path, need, have)
		}
		if !haveJava() {
			return "", fmt.Errorf("%s needs Java, and there is none: install the Java that this Neo4j needs (17 or 21 for Neo4j 5, 21 or 25 for later ones), or set JAVA_HOME", t.path)
		}
		return "", fmt.Errorf("%s --version ended with exit code %d and says: %s", t.path, code, strings.TrimSpace(text.String()))
	}
	major, _ := strconv.Atoi(m[1])
	minor, _ := strconv.Atoi(m[2])
	if major < oldestMajor || major == oldestMajor && minor < oldestMinor {
		return "", fmt.Errorf("%s is version %s, but the files need %d.%d or later", t.path, m[0], oldestMajor, oldestMinor)
	}
	return strings.TrimPrefix(m[0], "neo4j "), nil
}

var classVersion = regexp.MustCompile(`class file version (\d+)\.\d+\).*class file versions up to (\d+)`)

// javaTooOld reports whether a Java says that the tool's classes are made for a later one, and which Java is needed and there.
func javaTooOld(text string) (need, have string, old bool) {
	m := classVersion.FindStringSubmatch(text)
	if m == nil {
		return "", "", false
	}
	java := func(version string) string {
		n, _ := strconv.Atoi(version)
		return strconv.Itoa(n - 44) // 61 is 17, 65 is 21, 69 is 25
	}
	return java(m[1]), java(m[2]), true
}

// brokenParquet reports whether a version of the tool takes the wrong file of Parquet for data, or puts both ends of a
// relationship into one group of ids, which makes wrong relationships.
func brokenParquet(version string) bool {
	var major, minor, patch int
	if n, _ := fmt.Sscanf(version, "%d.%d.%d", &major, &minor, &patch); n < 2 {
		return false
	}
	return major == 5 && minor == 26 && patch < 28 || major == 2025 && minor < 12
}

// haveJava reports whether Neo4j's launchers would find a Java.
func haveJava() bool {
	if home := os.Getenv("JAVA_HOME"); home != "" {
		_, err := os.Stat(filepath.Join(home, "bin", "java"))
		return err == nil
	}
	_, err := exec.LookPath("java")
	return err == nil
}

// importCommand is the one command of the method. The database comes first: after --nodes it would be taken for a file.
// --verbose makes the tool say which row was bad.
func importCommand(t tool, cfg Config) command {
	args := []string{"database", "import", "full", cfg.Database}
	if cfg.Overwrite {
		args = append(args, "--overwrite-destination")
	}
	args = append(args, "--verbose", "--report-file="+reportFile(cfg), "@"+source.ArgsName)
	return command{path: t.path, args: args, env: t.env, dir: cfg.Dir}
}

// reportFile lies outside of the published directory, which the tool would write it to otherwise.
func reportFile(cfg Config) string {
	return filepath.Join(cfg.Temp, "neo4j-import-"+cfg.Database+".report")
}
