package function

import (
	"context"
	"strconv"
	"time"

	"github.com/storeship/storeship/internal/deliverymetrics/measure"
)

// The attributes of the table.
const (
	// PipelineKey is the partition key.
	PipelineKey = "pipeline"
	// ExecutionKey is the sort key.
	ExecutionKey = "execution"
	// FactsAttribute is the set of facts.
	FactsAttribute = "facts"
	// ExpiresAttribute is when DynamoDB may forget the execution.
	ExpiresAttribute = "expires"
)

// Table keeps facts in DynamoDB: an item for each execution, with the set of its facts. DynamoDB itself adds to a set, so
// writers need not read, and none undoes another's work.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
type Table struct {
	// Client calls DynamoDB.
	Client *Client
	// Name of the table.
	Name string
}

// attribute is a value as DynamoDB writes it.
type attribute struct {
	S  string   `json:"S,omitempty"`
	N  string   `json:"N,omitempty"`
	SS []string `json:"SS,omitempty"`
}

const (
	dynamoDB        = "dynamodb"
	dynamoDBVersion = "1.0"
	dynamoDBTarget  = "DynamoDB_20120810."
)

// Add adds a fact to the set of its execution. What is first known of an execution says when it may be forgotten.
func (t *Table) Add(ctx context.Context, pipeline, execution string, fact measure.Fact) error {
	// Later than any metric looks at it, for an execution begins before its facts.
	expires := fact.Time.Add(measure.Kept + 24*time.Hour)
	return t.Client.call(ctx, dynamoDB, dynamoDBVersion, dynamoDBTarget+"UpdateItem", map[string]any{
		"TableName":        t.Name,
		"Key":              map[string]attribute{PipelineKey: {S: pipeline}, ExecutionKey: {S: execution}},
		"UpdateExpression": "ADD #facts :facts SET #expires = if_not_exists(#expires, :expires)",
		"ExpressionAttributeNames": map[string]string{
			"#facts": FactsAttribute, "#expires": ExpiresAttribute,
		},
		"ExpressionAttributeValues": map[string]attribute{
			":facts": {SS: []string{fact.String()}}, ":expires": {N: strconv.FormatInt(expires.Unix(), 10)},
		},
	}, &struct{}{})
}

// Read reads everything about a pipeline, page by page.
func (t *Table) Read(ctx context.Context, pipeline string) (*measure.History, error) {
	h := &measure.History{}
	var start map[string]attribute
	for {
		request := map[string]any{
			"TableName":                 t.Name,
			"ConsistentRead":            true,
			"KeyConditionExpression":    "#pipeline = :pipeline",
			"ExpressionAttributeNames":  map[string]string{"#pipeline": PipelineKey},
			"ExpressionAttributeValues": map[string]attribute{":pipeline": {S: pipeline}},
		}
		if start != nil {
			request["ExclusiveStartKey"] = start
		}
		var page struct {
			Items            []map[string]attribute
			LastEvaluatedKey map[string]attribute
		}
		if err := t.Client.call(ctx, dynamoDB, dynamoDBVersion, dynamoDBTarget+"Query", request, &page); err != nil {
			return nil, err
		}
		for _, item := range page.Items {
			for _, line := range item[FactsAttribute].SS {
				fact, err := measure.Parse(line)
				if err != nil {
					return nil, err
				}
				h.Add(item[ExecutionKey].S, fact)
			}
		}
		if start = page.LastEvaluatedKey; len(start) == 0 {
			return h, nil
		}
	}
}
