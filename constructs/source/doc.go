// Package source gives pipelines their code: branches of repositories of CodeCommit, GitHub, GitLab and Bitbucket, and ZIP
// files in S3.
//
//	source.NewRepository(stack, "Catalog", &source.RepositoryProps{Name: "shop-catalog"})
//
//	code := source.CodeCommit("shop-catalog", "main").Source(stack, "Code", true)
//	commit := code.CommitID()
//	… // once the pipeline is built
//	code.Complete(pipeline)
package source
