package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/storeship/storeship/internal/review"
	"github.com/storeship/storeship/internal/text"
)

// MarkdownLimit is how many characters the Markdown has at most: what GitHub takes as a comment. CodeCommit takes 10,240.
// https://docs.github.com/en/rest/issues/comments#create-an-issue-comment
// https://docs.aws.amazon.com/codecommit/latest/APIReference/API_PostCommentForPullRequest.html
const MarkdownLimit = 65_536

// WriteMarkdown writes the report as a comment of at most limit characters: the worst findings whole, what has no room left by
// its number.
func WriteMarkdown(w io.Writer, r *review.Report, limit int) error {
	_, err := io.WriteString(w, markdown(r, limit))
	return err
}

func writeMarkdown(w io.Writer, r *review.Report) error { return WriteMarkdown(w, r, MarkdownLimit) }

func markdown(r *review.Report, limit int) string {
	var b strings.Builder
	title := "Nothing to say against it"
	switch {
	case r.Same():
		title = "The two are the same"
	case len(r.Findings) > 0:
		title = strings.TrimPrefix(summary(r), text.Count(len(r.Findings), "finding")+": ")
	}
	fmt.Fprintf(&b, "## What this change does: %s\n\n%s\n", title, scope(r))
	for _, n := range r.Notes {
		b.WriteString("\n" + cell(n) + "\n")
	}
	if len(r.Findings) > 0 {
		b.WriteString("\n| level | findings | means |\n| --- | ---: | --- |\n")
		for _, l := range review.Levels {
			if n := r.At(l); n > 0 {
				fmt.Fprintf(&b, "| **%s** | %d | %s |\n", l, n, l.About())
			}
		}
	}
	end := fmt.Sprintf("\n<sub>This change is <code>%s</code>.</sub>\n", r.ID)
	const reserve = 120 // for the line that says what is left out
	level := review.Level("")
	for i, f := range r.Findings {
		block := details(f)
		if f.Level != level {
			block = fmt.Sprintf("\n### %s\n\n", f.Level) + block
		}
		if length(b.String())+length(block)+length(end)+reserve > limit {
			fmt.Fprintf(&b, "\n**%s more** have no room here; the text, JSON and HTML have them all.\n", text.Count(len(r.Findings)-i, "finding"))
			break
		}
		level = f.Level
		b.WriteString(block)
	}
	b.WriteString(end)
	return b.String()
}

// length is how many characters GitHub counts at most: bytes are never fewer.
func length(s string) int { return len(s) }

// details is a finding, folded.
func details(f review.Finding) string {
	var b strings.Builder
	subject := code(Subject(f))
	where := text.Count(len(f.Where), "place")
	if len(f.Where) == 1 {
		where = code(f.Where[0].Service + " in " + f.Where[0].Target)
	}
	fmt.Fprintf(&b, "<details><summary><b>%s</b> %s, %s</summary>\n\n", cell(strings.ToUpper(f.Effect[:1])+f.Effect[1:]), subject, where)
	b.WriteString("| | |\n| --- | --- |\n")
	row := func(label, value string) {
		if value != "" {
			fmt.Fprintf(&b, "| %s | %s |\n", label, value)
		}
	}
	row("why", cell(f.Why))
	if f.Rule == "differs" {
		row("here", code(clip(orNone(f.Old), mostValue*3)))
		row("elsewhere", code(clip(orNone(f.New), mostValue*3)))
	} else if f.Old != "" || f.New != "" {
		old, renewed := apart(orNone(f.Old), orNone(f.New), mostValue*3)
		row("before", code(clip(old, mostValue*3)))
		row("after", code(clip(renewed, mostValue*3)))
	}
	if f.Update != "" {
		row("update", string(f.Update))
	}
	row("instead", cell(f.Instead))
	for _, p := range places(f) {
		row("where", code(clip(p, 4*mostValue)))
	}
	if at := position(f.Where[0]); at != "" {
		row("file", code(at))
	}
	if because := f.Where[0].Because; because != "" {
		row("because", code(because))
	}
	fmt.Fprintf(&b, "| rule | %s |\n\n</details>\n", f.Rule)
	return b.String()
}

// code is a text that somebody else chose, as what it is: no mention, no link, no column of a table.
func code(s string) string {
	return "<code>" + strings.ReplaceAll(literal.Replace(text.Line(s)), "@", "&#64;") + "</code>"
}

// cell is a text of ours, which may have names of others in it. GitHub looks for mentions in the finished text, but not across
// elements.
func cell(s string) string {
	return strings.ReplaceAll(literal.Replace(text.Line(s)), "@", "<span>@</span>")
}

// literal writes whatever HTML or Markdown would take for something else so that it does not.
var literal = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;", "|", "&#124;", "\\", "&#92;", "`", "&#96;", "*", "&#42;",
	"_", "&#95;", "[", "&#91;", "]", "&#93;", "~", "&#126;", "#", "&#35;", "!", "&#33;", "://", "&#58;//", "www.", "www&#46;")
