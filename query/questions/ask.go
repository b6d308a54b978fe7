package questions

import (
	"strings"
	"time"

	"liftgraph/graph"
	"liftgraph/query/lookup"
)

// inBatches hands what a scan of a table finds to take, so many at a time.
func (a *asker) inBatches(t *graph.Table, wanted func(cells) bool, take func([]cells) error) error {
	var list []cells
	err := a.all(t, func(c cells) error {
		if !wanted(c) {
			return nil
		}
		if list = append(list, own(t, c.row)); len(list) < batch {
			return nil
		}
		err := take(list)
		list = list[:0]
		return err
	})
	if err == nil && len(list) > 0 {
		err = take(list)
	}
	return err
}

// ends returns the ids in a column of rows.
func ends(list []cells, column int) (ids []string) {
	for _, c := range list {
		ids = append(ids, c.row[column].Text)
	}
	return ids
}

// ownCommits answers the third question.
func ownCommits(a *asker, t *Answer) error {
	t.Columns = []string{"run", "stack", "created", "person"}
	return a.inBatches(confirmed, func(cells) bool { return true }, func(list []cells) error {
		commits, err := a.nodes(graph.SpaceliftGitCommit, ends(list, 0))
		if err != nil {
			return err
		}
		persons := map[string]string{}
		for _, c := range list {
			if sha, user := c.row[0].Text, c.row[1].Text; strings.EqualFold(commits[sha].text("author_login"), user) && user != "" {
				persons[sha] = user
			}
		}
		byRun := map[string]string{}
		var ids []string
		var shas []string
		for sha := range persons {
			shas = append(shas, sha)
		}
		if err := a.rows(committed, lookup.ByKey, shas, func(c cells) {
			run := strings.Clone(c.row[1].Text)
			byRun[run], ids = persons[c.row[0].Text], append(ids, run)
		}); err != nil {
			return err
		}
		runs, err := a.nodes(graph.SpaceliftRun, ids)
		for id, r := range runs {
			if r.text("run_type") == "TRACKED" {
				t.add(id, r.text("stack_id"), seconds(r.value("created_at")), byRun[id])
			}
		}
		return err
	})
}

func seconds(v graph.Value) string {
	if !v.Present {
		return ""
	}
	return time.Unix(v.Num, 0).UTC().Format(time.DateTime)
}

// keys answers the fourth question.
func keys(a *asker, t *Answer) error {
	t.Columns = []string{"id", "name", "role"}
	t.order = []int{0, 2}
	if err := a.places(); err != nil {
		return err
	}
	return a.inBatches(roles, func(c cells) bool {
		role := c.text("role")
		return strings.Contains(c.row[0].Text, "api::") && a.spaces[c.row[1].Text].value("is_root").Num == 1 && (role == "ADMIN" || role == "space-admin")
	}, func(list []cells) error {
		users, err := a.nodes(graph.SpaceliftUser, ends(list, 0))
		for _, c := range list {
			t.add(c.row[0].Text, users[c.row[0].Text].text("name"), c.text("role"))
		}
		return err
	})
}

// terminated answers the fifth question.
func terminated(a *asker, t *Answer) error {
	t.Columns = []string{"event_time_ts", "instance", "run", "stack", "triggered_by", "author"}
	return a.inBatches(affected, func(c cells) bool {
		if c.text("event_name") != "TerminateInstances" {
			return false
		}
		at, err := time.Parse(time.RFC3339, c.text("event_time"))
		return err == nil && OutOfHours(at)
	}, func(list []cells) error {
		runs, commits, err := a.changes(ends(list, 0))
		for _, c := range list {
			r := runs[c.row[0].Text]
			t.add(moment(c.text("event_time")), c.row[1].Text, c.row[0].Text, r.text("stack_id"), r.text("triggered_by_user_id"), commits[r.text("commit_sha")].text("author_login"))
		}
		return err
	})
}

// unauthorized answers the ninth question.
func unauthorized(a *asker, t *Answer) error {
	t.Columns = []string{"author", "space", "stack", "run"}
	t.order = []int{0, 3}
	if err := a.places(); err != nil {
		return err
	}
	before := ""
	return a.inBatches(affected, func(c cells) bool { // each run once
		if !c.value("event_id").Present || c.row[0].Text == before {
			return false
		}
		before = strings.Clone(c.row[0].Text)
		return true
	}, func(list []cells) error {
		runs, commits, err := a.changes(ends(list, 0))
		if err != nil {
			return err
		}
		var authors []string
		for _, c := range commits {
			authors = append(authors, strings.ToLower(c.text("author_login")))
		}
		may := map[[2]string]bool{}
		if err := a.rows(roles, lookup.ByKey, authors, func(c cells) {
			if c.text("role") != "READ" {
				may[[2]string{strings.Clone(c.row[0].Text), strings.Clone(c.row[1].Text)}] = true
			}
		}); err != nil {
			return err
		}
		for id, r := range runs {
			author := strings.ToLower(commits[r.text("commit_sha")].text("author_login"))
			stack := a.stacks[r.text("stack_id")]
			space, ok := a.spaces[stack.text("space_id")]
			if author != "" && ok && !may[[2]string{author, stack.text("space_id")}] {
				t.add(author, space.text("name"), stack.text("name"), id)
			}
		}
		return nil
	})
}

// hosts answers the tenth question.
func hosts(a *asker, t *Answer) error {
	t.Columns = []string{"host", "worker", "pool", "run", "stack", "author"}
	t.order = []int{0, 3}
	return a.inBatches(runsOn, func(cells) bool { return true }, func(list []cells) error {
		pools := map[string]string{}
		if err := a.rows(holds, lookup.ByEnd, ends(list, 0), func(c cells) { pools[strings.Clone(c.row[1].Text)] = strings.Clone(c.row[0].Text) }); err != nil {
			return err
		}
		var poolIDs, runIDs []string
		for _, p := range pools {
			poolIDs = append(poolIDs, p)
		}
		names, err := a.nodes(graph.SpaceliftWorkerPool, poolIDs)
		if err != nil {
			return err
		}
		changed := map[string][]string{} // hosts, and the newest runs that changed them
		for _, host := range unique(ends(list, 1)) {
			ids, more, err := a.dir.Others(a.ctx, affected, lookup.ByEnd, host, Most)
			if err != nil {
				return err
			}
			t.More = t.More || more > 0
			changed[host], runIDs = ids, append(runIDs, ids...)
		}
		runs, commits, err := a.changes(runIDs)
		for _, c := range list {
			worker, host := c.row[0].Text, c.row[1].Text
			for _, id := range changed[host] {
				if r, ok := runs[id]; ok {
					t.add(host, worker, names[pools[worker]].text("name"), id, r.text("stack_id"), commits[r.text("commit_sha")].text("author_login"))
				}
			}
		}
		return err
	})
}
