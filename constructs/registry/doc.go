// Package registry keeps the images of services: a repository per service and region, a key per region, and signatures of what is pushed.
//
//	key := registry.NewKey(stack, "Key", &registry.KeyProps{Alias: "alias/shop-registry"})
//	registry.NewRepository(stack, "Catalog", &registry.RepositoryProps{
//		Name: "shop/catalog",
//		Key:  key.Key,
//		Pullers: []registry.Puller{{Account: "222222222222", RolePattern: "shop-beta-*-execution"}},
//	})
package registry
