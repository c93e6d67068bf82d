// Package source gives pipelines their code: CodeCommit repositories, and the branches of them that a pipeline follows.
//
//	source.NewRepository(stack, "Catalog", &source.RepositoryProps{Name: "shop-catalog"})
//
//	code := source.CodeCommit("shop-catalog", "main").Source(stack, "Code", true)
//	commit := code.CommitID()
package source
