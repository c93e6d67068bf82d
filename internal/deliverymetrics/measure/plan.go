package measure

// Plan is what is measured.
type Plan struct {
	// Store is the name under which the metrics of all services together stand.
	Store string `json:"store"`
	// Pipelines that are measured.
	Pipelines []Measured `json:"pipelines"`
}

// Measured is a pipeline that is measured.
type Measured struct {
	// Pipeline is its name.
	Pipeline string `json:"pipeline"`
	// Service is the name under which its metrics stand.
	Service string `json:"service"`
	// Apart keeps it out of the store's metrics: the platform's pipeline, which is no service.
	Apart bool `json:"apart,omitempty"`
	// Source is the name of the action that takes the code whose commits are followed to production. Without one there is no
	// lead time.
	Source string `json:"source,omitempty"`
	// Repository of CodeCommit that knows when a revision of Source was committed. Without one, a commit's time is when the
	// first execution took it.
	Repository string `json:"repository,omitempty"`
	// Production lists the names of the stages that deploy to production, in their order.
	Production []string `json:"production"`
}

// Of is the pipeline of that name, or nil.
func (p *Plan) Of(pipeline string) *Measured {
	for i := range p.Pipelines {
		if p.Pipelines[i].Pipeline == pipeline {
			return &p.Pipelines[i]
		}
	}
	return nil
}
