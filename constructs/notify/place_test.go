package notify_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/notify"
)

// Catches: rules on events of another account and region than those in which they wait.
func TestNotificationsElsewhere(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Elsewhere"), &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String("222222222222"), Region: jsii.String("eu-west-1")},
	})
	defer func() {
		const want = "notify.Notifications Elsewhere/N:\n  Account: must be that of the stack, 222222222222, got 111111111111\n" +
			"  Region: must be that of the stack, eu-west-1, got us-west-2"
		if err, _ := recover().(error); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}()
	notify.NewNotifications(stack, "N", newProps(stack))
}
