package notify_test

import (
	"testing"

	"github.com/storeship/storeship/constructs/internal/templatetest"
)

func TestMain(m *testing.M) { templatetest.Main(m) }
