package pipeline_test
import ("testing";"fmt";"time";"github.com/storeship/storeship/internal/pipeline";"github.com/storeship/storeship/internal/template")
func TestTry(t *testing.T){
 t0:=time.Now()
 st,err:=template.Open("../../cdk.out"); if err!=nil{t.Fatal(err)}
 t1:=time.Now()
 ps:=pipeline.Read("../../cdk.out",st)
 fmt.Println(t1.Sub(t0),time.Since(t1),len(ps))
 for _,p:=range ps[:2]{ for _,a:=range p.Actions(){ fmt.Println(p.Name,a.Stage.Name,a.Order,a.Name,a.Account,a.Region,a.Provider,a.Project,a.Hidden)
  if a.Stage.Index<4 {for _,s:=range a.Steps{ if s.Depth==0 {fmt.Printf("      %.100s  LOST %s\n",s.Text,s.Lost)}}}
 }}
}
