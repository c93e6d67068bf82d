package review

import (
	"regexp"
	"strings"

	"github.com/storeship/storeship/internal/value"
)

const alarmType = "AWS::CloudWatch::Alarm"

// alarms judges whether an alarm fires later, or less often, than before.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
func alarms(c *comparison) []Finding {
	for _, p := range c.pairs {
		for _, d := range p.deltas {
			if d.old != nil && d.new != nil && d.new.Type == alarmType {
				d.alarm()
			}
		}
	}
	return nil
}

func (d *delta) alarm() {
	loosened := func(effect, why string, properties ...string) {
		d.say(verdict{"alarm", SafetyLost, effect, why, ""}, properties...)
	}
	operator, _ := d.old.Properties["ComparisonOperator"].(string)
	was, is := d.old.Properties["Threshold"], d.new.Properties["Threshold"]
	switch {
	case strings.HasPrefix(operator, "Greater") && higher(0)(was, is), strings.HasPrefix(operator, "Less") && lower(0)(was, is):
		loosened("the alarm fires later", "What was too much, or too little, no longer is.", "Threshold")
	}
	if d.old.Properties["ComparisonOperator"] != d.new.Properties["ComparisonOperator"] {
		loosened("the alarm compares in another way", "It may not fire for what it fired for.", "ComparisonOperator")
	}
	slower := func(property string) bool { return higher(1)(d.old.Properties[property], d.new.Properties[property]) }
	for _, property := range []string{"EvaluationPeriods", "DatapointsToAlarm", "Period"} {
		if slower(property) {
			loosened("the alarm fires later", "It waits for more, or for longer.", property)
		}
	}
	if off(orTrue(d.old.Properties["ActionsEnabled"]), orTrue(d.new.Properties["ActionsEnabled"])) {
		loosened("the alarm no longer does anything", "It changes its state, and nobody hears of it.", "ActionsEnabled")
	}
	for _, property := range []string{"AlarmActions", "OKActions", "InsufficientDataActions"} {
		if fewer(d.old.Properties[property], d.new.Properties[property]) {
			loosened("the alarm tells fewer", "Whoever was told no longer hears of it.", property)
		}
	}
	if heed(d.new.Properties["TreatMissingData"]) < heed(d.old.Properties["TreatMissingData"]) {
		loosened("the alarm takes silence for health", "When the measure stops, it does not fire.", "TreatMissingData")
	}
	for _, property := range []string{"MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Dimensions"} {
		if !value.Equal(d.old.Properties[property], d.new.Properties[property]) {
			loosened("the alarm watches something else", "What it watched is no longer watched by it.", property)
		}
	}
	for _, c := range d.changes {
		if !c.under("Metrics") || c.attribute {
			continue
		}
		before, after := d.pair.show(c.Old, false), d.pair.show(c.New, true)
		switch {
		case digits.ReplaceAllString(before, "0") == digits.ReplaceAllString(after, "0") && strings.HasSuffix(c.Text(), "Expression"):
			c.verdicts = append(c.verdicts, verdict{"alarm", Harmless, "the alarm calculates with other numbers", "Whether it fires sooner or later, the expression says.", ""})
		case strings.HasSuffix(c.Text(), "Period") && lower(0)(c.Old, c.New), strings.HasSuffix(c.Text(), "Label"):
			// Sooner, or in other words.
		default:
			c.verdicts = append(c.verdicts, verdict{"alarm", SafetyLost, "the alarm watches something else", "What it watched is no longer watched by it as it was.", ""})
		}
	}
}

// heed is how much an alarm makes of a measure that is missing: it fires, it says that it does not know, it stays as it is, or
// it takes it for health.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
func heed(treatment any) int {
	switch treatment {
	case "breaching":
		return 3
	case "ignore":
		return 1
	case "notBreaching":
		return 0
	}
	return 2
}

var digits = regexp.MustCompile(`[0-9.]+`)

// orTrue is true for what a template does not say.
func orTrue(v any) any {
	if v == nil {
		return true
	}
	return v
}
