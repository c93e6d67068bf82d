package repotest

import (
	"go/ast"
	"strings"
	"testing"
)

// Catches a package that a newcomer opens without being told what it is for.
func TestPackagesHaveDoc(t *testing.T) {
	for _, p := range repo(t).packages {
		if len(p.files) == 0 {
			continue
		}
		where := "doc.go"
		if p.dir == "." {
			where = "storeship.go"
		}
		documented := false
		for _, f := range p.files {
			if f.ast.Doc == nil {
				continue
			}
			documented = true
			if p.name != "main" && !strings.HasSuffix("/"+f.path, "/"+where) {
				t.Errorf("%s: the package comment belongs into %s", f.path, where)
			}
		}
		if !documented {
			t.Errorf("%s: has no package comment; write %s", p.dir, where)
		}
	}
}

// Catches an exported name or field that go doc and an editor show without an explanation.
func TestExportedNamesHaveDoc(t *testing.T) {
	s := repo(t)
	for _, p := range s.packages {
		if p.name == "main" {
			continue
		}
		for _, f := range p.files {
			for _, d := range f.ast.Decls {
				switch d := d.(type) {
				case *ast.FuncDecl:
					if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) {
						t.Errorf("%s: %s has no comment", s.at(d), d.Name)
					}
				case *ast.GenDecl:
					for _, spec := range d.Specs {
						s.checkSpec(t, d, spec)
					}
				}
			}
		}
	}
}

// checkSpec reports missing comments of one declaration: of a type and its fields, or of a constant or variable, whose
// block may have one for all.
func (s *source) checkSpec(t *testing.T, d *ast.GenDecl, spec ast.Spec) {
	t.Helper()
	switch spec := spec.(type) {
	case *ast.ValueSpec:
		for _, n := range spec.Names {
			if n.IsExported() && spec.Doc == nil && d.Doc == nil {
				t.Errorf("%s: %s has no comment", s.at(n), n)
			}
		}
	case *ast.TypeSpec:
		if !spec.Name.IsExported() {
			return
		}
		if spec.Doc == nil && d.Doc == nil {
			t.Errorf("%s: %s has no comment", s.at(spec), spec.Name)
		}
		if body, ok := spec.Type.(*ast.StructType); ok {
			s.checkFields(t, spec.Name.Name, body.Fields)
		}
		if body, ok := spec.Type.(*ast.InterfaceType); ok {
			s.checkFields(t, spec.Name.Name, body.Methods)
		}
	}
}

func (s *source) checkFields(t *testing.T, of string, fields *ast.FieldList) {
	t.Helper()
	for _, field := range fields.List {
		for _, n := range field.Names {
			if n.IsExported() && field.Doc == nil {
				t.Errorf("%s: %s.%s has no comment", s.at(n), of, n)
			}
		}
	}
}

func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	name := receiver(d)
	// Error, Unwrap and their like are explained by the interfaces that they are part of.
	return ast.IsExported(name)
}

// receiver is the name of the type that a method belongs to.
func receiver(d *ast.FuncDecl) string {
	typ := d.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	if index, ok := typ.(*ast.IndexExpr); ok {
		typ = index.X
	}
	if id, ok := typ.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

// Catches props whose mistakes nobody finds before the CDK, or CloudFormation, does.
func TestPropsValidate(t *testing.T) {
	s, found := repo(t), 0
	for _, p := range s.packages {
		if !p.library() {
			continue
		}
		validated := map[string]bool{}
		var props []*ast.TypeSpec
		for _, f := range p.files {
			for _, d := range f.ast.Decls {
				switch d := d.(type) {
				case *ast.FuncDecl:
					if d.Recv != nil && d.Name.Name == "Validate" && d.Type.Params.NumFields() == 0 && d.Type.Results.NumFields() == 1 {
						validated[receiver(d)] = true
					}
				case *ast.GenDecl:
					for _, spec := range d.Specs {
						if spec, ok := spec.(*ast.TypeSpec); ok && spec.Name.IsExported() && strings.HasSuffix(spec.Name.Name, "Props") {
							props = append(props, spec)
						}
					}
				}
			}
		}
		for _, spec := range props {
			found++
			if !validated[spec.Name.Name] {
				t.Errorf("%s: %s has no method Validate() error", s.at(spec), spec.Name)
			}
		}
	}
	if found == 0 {
		t.Error("found no Props types at all")
	}
}

// Catches a package of constructs that cannot be tried in a bare stack.
func TestConstructsHaveExamples(t *testing.T) {
	for _, p := range repo(t).packages {
		if !within(p.dir, "constructs") || within(p.dir, "constructs/internal") || p.dir == "constructs/environment" || len(p.files) == 0 {
			continue
		}
		found := false
		for _, name := range functions(p.tests) {
			// Build steps are made by functions that are no New…; the package has one example of them all.
			found = found || strings.HasPrefix(name, "ExampleNew") || name == "Example"
		}
		if !found {
			t.Errorf("%s: has no Example in its tests", p.dir)
		}
	}
}

// functions lists the names of the functions of the files.
func functions(files []*file) []string {
	var names []string
	for _, f := range files {
		for _, d := range f.ast.Decls {
			if d, ok := d.(*ast.FuncDecl); ok && d.Recv == nil {
				names = append(names, d.Name.Name)
			}
		}
	}
	return names
}
