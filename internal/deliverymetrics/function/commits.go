package function

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// CodeCommit asks repositories of CodeCommit.
type CodeCommit struct {
	// Client calls CodeCommit.
	Client *Client
}

// gone are the errors by which CodeCommit says that it does not know a commit.
// https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetCommit.html
var gone = []string{"CommitIdDoesNotExistException", "InvalidCommitIdException", "RepositoryDoesNotExistException"}

// Committed is when a commit was made, by its committer: what was rebased or picked counts from then.
func (c *CodeCommit) Committed(ctx context.Context, repository, commit string) (time.Time, error) {
	var answer struct {
		Commit struct {
			Committer struct {
				Date string `json:"date"`
			} `json:"committer"`
		} `json:"commit"`
	}
	err := c.Client.call(ctx, "codecommit", "1.1", "CodeCommit_20150413.GetCommit",
		map[string]string{"repositoryName": repository, "commitId": commit}, &answer)
	var said *Error
	if errors.As(err, &said) {
		for _, code := range gone {
			if said.Code == code {
				return time.Time{}, nil
			}
		}
	}
	if err != nil {
		return time.Time{}, err
	}
	// Seconds since 1970 and the time zone, as Git has it: "1484167798 -0800".
	seconds, _, _ := strings.Cut(answer.Commit.Committer.Date, " ")
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("commit %s of %s: date %q", commit, repository, answer.Commit.Committer.Date)
	}
	return time.Unix(n, 0).UTC(), nil
}
