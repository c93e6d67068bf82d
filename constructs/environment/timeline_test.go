package environment

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// timeline is that of catalog, changed by the given function, in an environment of that kind with that bake.
func timeline(kind Kind, bake time.Duration, change func(*Runtime)) Timeline {
	r := Runtime{HTTP: &HTTP{Port: 8080, Health: "/health"}}
	change(&r)
	return NewTimeline(r.WithDefaults(kind), bake)
}

// Catches: a wrong moment in a timeline, which promises a rollback that does not come, or refuses a plan that is right.
func TestTimelines(t *testing.T) {
	canary := func(interval time.Duration) func(*Runtime) {
		return func(r *Runtime) { r.Release = Release{Strategy: Canary, Interval: interval} }
	}
	linear := func(percent int, interval time.Duration) func(*Runtime) {
		return func(r *Runtime) { r.Release = Release{Strategy: Linear, Percent: percent, Interval: interval} }
	}
	alarms := func(period time.Duration, datapoints int, also func(*Runtime)) func(*Runtime) {
		return func(r *Runtime) { also(r); r.Alarms.Period, r.Alarms.Datapoints = period, datapoints }
	}
	none := func(*Runtime) {}
	const m = time.Minute
	for name, c := range map[string]struct {
		kind   Kind
		bake   time.Duration
		change func(*Runtime)
		want   string // fires, full, gone, watched
	}{
		"canary of ten percent for five minutes": {Production, 10 * m, none, "4m0s 5m0s 15m0s true"},
		"AWS's reference implementation":         {Production, 10 * m, alarms(5*m, 2, canary(5*m)), "12m0s 5m0s 15m0s false"},
		"at the very end of the window":          {Production, 10 * m, canary(4 * m), "4m0s 4m0s 14m0s false"},
		"linear by default":                      {Production, 10 * m, linear(10, m), "4m0s 9m0s 19m0s true"},
		"linear that does not divide":            {Production, 10 * m, linear(30, 2*m), "4m0s 6m0s 16m0s true"},
		"linear in two":                          {Production, 10 * m, linear(50, 4*m), "4m0s 4m0s 14m0s false"},
		"linear of nearly all":                   {Production, 10 * m, linear(99, 5*m), "4m0s 5m0s 15m0s true"},
		"all at once":                            {Production, 5 * m, func(r *Runtime) { r.Release.Strategy = AllAtOnce }, "4m0s 0s 5m0s true"},
		"all at once, short bake":                {Production, 4 * m, func(r *Runtime) { r.Release.Strategy = AllAtOnce }, "4m0s 0s 4m0s false"},
		"test environment":                       {Test, 0, none, "4m0s 0s 0s false"},
		"ecs":                                    {Production, 10 * m, func(r *Runtime) { r.Release.Engine = ECS }, "4m0s 5m0s 15m0s true"},
		"rolling":                                {Production, 10 * m, func(r *Runtime) { r.Release.Engine = Rolling }, "4m0s 0s 10m0s true"},
		"worker":                                 {Production, 10 * m, func(r *Runtime) { r.HTTP = nil }, "4m0s 0s 10m0s true"},
		"without alarms":                         {Production, 10 * m, func(r *Runtime) { r.Alarms.Disabled = true }, "0s 5m0s 15m0s false"},
	} {
		l := timeline(c.kind, c.bake, c.change)
		if got := fmt.Sprint(l.Fires, l.Full, l.Gone, l.Watched()); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

// Catches: defaults that a plan would be refused for, in any kind of environment, with any engine and strategy.
func TestDefaultsAreCoherent(t *testing.T) {
	for _, kind := range Kinds {
		for _, engine := range Engines {
			for _, strategy := range []Strategy{"", AllAtOnce, Canary, Linear} {
				if engine == Rolling && strategy != "" {
					continue
				}
				p := newPlan(func(p *Plan) {
					for _, e := range p.Store.Environments {
						e.Kind = kind
						for i := range e.Waves {
							e.Waves[i].Bake = 0
						}
					}
					catalog(p).Runtime.Release = Release{Engine: engine, Strategy: strategy}
				})
				if err := p.Validate().Err(); err != nil {
					t.Errorf("%s, %s, %q: %v", kind, engine, strategy, err)
				}
			}
		}
	}
}

// Catches: a timeline out of order, or without the moment that a person looks for at night.
func TestEvents(t *testing.T) {
	for name, c := range map[string]struct {
		of   Timeline
		want string
	}{
		"canary": {timeline(Production, 10*time.Minute, func(*Runtime) {}), "0s: 10% of the traffic goes to the new version\n" +
			"4m0s: the alarms can fire: 2 bad datapoints of 1m, and 2m until CloudWatch has seen it; the release is rolled back\n" +
			"5m0s: all traffic is on the new version\n15m0s: the old tasks are gone: from here the way back is another release\n"},
		"public": {timeline(Production, 10*time.Minute, public), "0s: 10% of the traffic goes to the new version\n" +
			"4m0s: the alarms can fire: 2 bad datapoints of 1m, and 2m until CloudWatch has seen it; the release is rolled back\n" +
			"5m0s: all traffic is on the new version\n" +
			"13m0s: the canary's alarm can fire: 2 failed runs of the canary in a row, one every 3m, and 2m until CloudWatch has seen it; the release is rolled back\n" +
			"15m0s: the old tasks are gone: from here the way back is another release\n"},
		"public, seldom asked": {timeline(Production, 10*time.Minute, func(r *Runtime) {
			public(r)
			r.Release.Strategy, r.Synthetics.Interval = AllAtOnce, 4*time.Minute
		}), "0s: all traffic goes to the new version\n" +
			"4m0s: the alarms can fire: 2 bad datapoints of 1m, and 2m until CloudWatch has seen it; the release is rolled back\n" +
			"10m0s: the old tasks are gone: from here the way back is another release\n" +
			"10m0s: the canary's alarm can fire: 2 failed runs of the canary in a row, one every 4m, and 2m until CloudWatch has seen it; too late to roll back\n"},
		"public without alarms": {timeline(Production, 10*time.Minute, func(r *Runtime) { public(r); r.Alarms.Disabled = true }),
			"0s: 10% of the traffic goes to the new version\n5m0s: all traffic is on the new version\n" +
				"15m0s: the old tasks are gone: from here the way back is another release\n"},
		"no bake": {timeline(Test, 0, func(*Runtime) {}), "0s: all traffic goes to the new version\n" +
			"0s: the old tasks are gone: from here the way back is another release\n" +
			"4m0s: the alarms can fire: 2 bad datapoints of 1m, and 2m until CloudWatch has seen it; too late to roll back, the smoke test is what stops the next wave\n"},
		"no alarms": {timeline(Production, 10*time.Minute, func(r *Runtime) { r.Release.Engine, r.Alarms.Disabled = Rolling, true }),
			"0s: the first new task takes traffic; ECS replaces the others at its own pace\n10m0s: the bake after the last task is over: the next wave may begin\n"},
	} {
		var got strings.Builder
		for _, e := range c.of.Events() {
			fmt.Fprintf(&got, "%s: %s\n", e.At, e.What)
		}
		if got.String() != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got.String(), c.want)
		}
	}
}

// Catches: a way out that the plan is refused for again.
func TestWaysOutAreOnes(t *testing.T) {
	for _, strategy := range []Strategy{AllAtOnce, Canary, Linear} {
		for _, percent := range []int{1, 10, 33, 50, 99} {
			for minutes := 1; minutes <= 20; minutes++ {
				for datapoints := 1; datapoints <= 10; datapoints++ {
					interval := time.Duration(minutes) * time.Minute
					l := timeline(Production, interval, func(r *Runtime) {
						r.Release = Release{Strategy: strategy, Percent: percent, Interval: interval}
						r.Alarms.Datapoints = datapoints
					})
					if l.Watched() {
						continue
					}
					way := l.wayOut()
					longer, shorter, both := strings.Cut(way, ", or alarms to {period: 1m, datapoints: ")
					if _, d, ok := strings.Cut(longer, " to at least "); ok {
						parsed, err := time.ParseDuration(d)
						if err != nil {
							t.Fatal(err)
						}
						fixed := l
						fixed.Full, fixed.Gone = 0, parsed
						if strategy != AllAtOnce {
							fixed.Release.Interval = parsed
							fixed.Full = fixed.Release.Shift()
							fixed.Gone = fixed.Full
						}
						if !fixed.Watched() {
							t.Errorf("%s %d%% %s, %d datapoints: %s is no way out", strategy, percent, interval, datapoints, longer)
						}
					}
					if !both {
						continue
					}
					fixed := l
					if _, err := fmt.Sscanf(shorter, "%d}", &fixed.Alarms.Datapoints); err != nil {
						t.Fatal(err)
					}
					if fixed.Fires = fixed.Alarms.Fires(); !fixed.Watched() {
						t.Errorf("%s %d%% %s, %d datapoints: %s is no way out", strategy, percent, interval, datapoints, way)
					}
				}
			}
		}
	}
}

// Catches: bounds of settings with which a release takes longer than CodePipeline waits for it.
func TestTheLongestReleaseFitsIntoAnAction(t *testing.T) {
	if longest := MaxGreenStart + maxShift + MaxBake; longest > MaxAction {
		t.Errorf("a release may take %s, and CodePipeline waits %s", longest, MaxAction)
	}
}

// Catches: more alarms than a deployment group takes, or a canary without one; alarms of one service with one name.
func TestArmedAlarms(t *testing.T) {
	for engine, want := range map[Engine]int{CodeDeploy: 9, ECS: 9, Rolling: 6, "": 3} {
		for _, expose := range []*Expose{{Internal: true}, {Path: "/*"}} {
			for _, kind := range []Kind{Preproduction, Production} {
				r := Runtime{HTTP: &HTTP{Port: 80, Health: "/"}, Expose: expose, Release: Release{Engine: engine}}
				if engine == "" {
					r.HTTP, r.Expose = nil, nil
				}
				want := want
				if r.Expose != nil && (!r.Expose.Internal || kind == Preproduction) {
					want++
				}
				names := map[string]bool{}
				for _, a := range r.WithDefaults(kind).ArmedAlarms() {
					names[a.Name()] = true
				}
				if len(names) != want || want > MaxAlarms || names["canary"] != (want%3 == 1) {
					t.Errorf("%s, engine %q, %+v: got %v, want %d", kind, engine, expose, names, want)
				}
			}
		}
	}
}

// Catches: a default of the canary with which its alarm fires when there is no way back any more.
func TestTheCanaryIsInTime(t *testing.T) {
	for _, kind := range []Kind{Preproduction, Production} {
		for _, engine := range []Engine{CodeDeploy, ECS} {
			for _, strategy := range []Strategy{AllAtOnce, Canary, Linear} {
				l := timeline(kind, DefaultBake, func(r *Runtime) {
					public(r)
					r.Release = Release{Engine: engine, Strategy: strategy}
				})
				if l.Canary == 0 || l.Canary >= l.Gone {
					t.Errorf("%s, %s, %s: the canary's alarm can fire at %s, and the old tasks are gone at %s", kind, engine, strategy, l.Canary, l.Gone)
				}
			}
		}
	}
}

func public(r *Runtime) { r.Expose = &Expose{Path: "/*"} }
