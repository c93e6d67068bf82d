package kernel

// kept are values of the kernel that runs; nil while none are to be kept.
var kept map[any]any

// Keep keeps the values that [Once] makes until the function that it returns is called, which must be before the kernel ends: in
// the next, a value of this one is another object, or none. Like jsii itself it is for one goroutine.
func Keep() (end func()) {
	before := kept
	kept = map[any]any{}
	return func() { kept = before }
}

// Once is what make makes, or what it made before under the same name since [Keep]. The name says what it is, "Runtime.NODEJS_24_X",
// and it must be something that nothing can change; for what belongs to a construct the name has the construct, too. Without Keep each
// call makes a new one.
func Once[T any](name any, make func() T) T {
	if kept == nil {
		return make()
	}
	if v, ok := kept[name]; ok {
		return v.(T)
	}
	v := make()
	kept[name] = v
	return v
}
