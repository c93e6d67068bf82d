// Package node lets Go structs be real CDK constructs.
//
//	type Queue struct{ node.Construct }
//
//	func NewQueue(scope constructs.Construct, id string, props *QueueProps) *Queue {
//		node.Must("queue.Queue", scope, id, props.Validate())
//		q := &Queue{}
//		node.Init(q, scope, id)
//		…
//	}
package node
