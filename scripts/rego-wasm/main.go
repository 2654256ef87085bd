// Command rego-wasm is OPA's own parser, compiler and evaluator of Rego as one WebAssembly module with two functions: the host
// asks for room by `reserve`, writes a request there, and `run` says where the answer lies. It has no file, no network, no clock
// and no arguments; what it is asked stands in the request alone.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"unsafe"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/topdown"
	"github.com/open-policy-agent/opa/v1/topdown/print"
	"github.com/open-policy-agent/opa/v1/util"
	"github.com/open-policy-agent/opa/v1/version"
)

type request struct {
	// What is wanted: "eval", "test" or "describe".
	Op string `json:"op"`
	// Path of a file to its text.
	Modules map[string]string `json:"modules"`
	Data    json.RawMessage   `json:"data"`
	Input   json.RawMessage   `json:"input"`
	// A term, such as "data.a.b": what is asked for.
	Query string `json:"query"`
	// 0 or 1: the syntax that modules are written in.
	RegoVersion int `json:"regoVersion"`
}

type response struct {
	// Left out where the query is undefined.
	Result  json.RawMessage `json:"result,omitempty"`
	Printed []string        `json:"printed,omitempty"`
	Tests   []test          `json:"tests,omitempty"`
	// Of "describe".
	Version      string            `json:"version,omitempty"`
	Capabilities *ast.Capabilities `json:"capabilities,omitempty"`
	Errors       []fault           `json:"errors,omitempty"`
}

type test struct {
	Name    string   `json:"name"`
	File    string   `json:"file"`
	Row     int      `json:"row"`
	Result  string   `json:"result"` // "pass", "fail", "error" or "skip"
	Message string   `json:"message,omitempty"`
	Printed []string `json:"printed,omitempty"`
}

type fault struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	File    string `json:"file,omitempty"`
	Row     int    `json:"row,omitempty"`
	Col     int    `json:"col,omitempty"`
}

// Both are reachable from here, so that the collector leaves them alone while the host reads and writes.
var asked, answered []byte

//go:wasmexport reserve
func reserve(size uint32) uint32 {
	asked = make([]byte, size)
	return uint32(uintptr(unsafe.Pointer(unsafe.SliceData(asked))))
}

// run answers the request: address of the response in the upper half, its length in the lower.
//
//go:wasmexport run
func run() uint64 {
	answered = encode(answer(asked))
	return uint64(uintptr(unsafe.Pointer(unsafe.SliceData(answered))))<<32 | uint64(len(answered))
}

func main() {}

func answer(text []byte) response {
	var req request
	if err := json.Unmarshal(text, &req); err != nil {
		return response{Errors: faultsOf(err)}
	}
	var res response
	var err error
	switch req.Op {
	case "eval":
		res, err = evaluate(req)
	case "test":
		res, err = runTests(req)
	case "describe":
		res = response{Version: version.Version, Capabilities: capabilities()}
	default:
		return response{Errors: []fault{{Code: "request", Message: "no such operation"}}}
	}
	if err != nil {
		return response{Errors: faultsOf(err)}
	}
	return res
}

// capabilities leaves out whatever could answer differently the second time: network, clock, chance, environment.
func capabilities() *ast.Capabilities {
	all := ast.CapabilitiesForThisVersion()
	kept := make([]*ast.Builtin, 0, len(all.Builtins))
	for _, builtin := range all.Builtins {
		if !builtin.Nondeterministic {
			kept = append(kept, builtin)
		}
	}
	all.Builtins = kept
	all.AllowNet = []string{}
	return all
}

func compile(req request) (*ast.Compiler, map[string]*ast.Module, error) {
	options := ast.ParserOptions{Capabilities: capabilities(), RegoVersion: ast.RegoV1, ProcessAnnotation: true}
	if req.RegoVersion == 0 {
		options.RegoVersion = ast.RegoV0
	}
	modules := make(map[string]*ast.Module, len(req.Modules))
	var faults ast.Errors
	for path, text := range req.Modules {
		module, err := ast.ParseModuleWithOpts(path, text, options)
		if list, ok := err.(ast.Errors); ok {
			faults = append(faults, list...)
		} else if err != nil {
			return nil, nil, err
		} else if module != nil {
			modules[path] = module
		}
	}
	if len(faults) > 0 {
		faults.Sort()
		return nil, nil, faults
	}
	compiler := ast.NewCompiler().
		WithCapabilities(capabilities()).
		WithDefaultRegoVersion(options.RegoVersion).
		WithEnablePrintStatements(true).
		WithUseTypeCheckAnnotations(true)
	if compiler.Compile(modules); compiler.Failed() {
		return nil, nil, compiler.Errors
	}
	return compiler, modules, nil
}

func storeOf(data json.RawMessage) (storage.Store, error) {
	object := map[string]any{}
	if len(data) > 0 {
		if err := util.UnmarshalJSON(data, &object); err != nil {
			return nil, err
		}
	}
	return inmem.NewFromObject(object), nil
}

type printer struct{ lines []string }

const maxPrinted = 1000

func (p *printer) Print(_ print.Context, line string) error {
	if len(p.lines) < maxPrinted {
		p.lines = append(p.lines, line)
	}
	return nil
}

// session is a compiled policy with its data, of which documents can be asked for.
type session struct {
	compiler *ast.Compiler
	modules  map[string]*ast.Module
	store    storage.Store
	txn      storage.Transaction
	input    *ast.Term
}

func open(ctx context.Context, req request) (*session, error) {
	compiler, modules, err := compile(req)
	if err != nil {
		return nil, err
	}
	store, err := storeOf(req.Data)
	if err != nil {
		return nil, err
	}
	txn, err := store.NewTransaction(ctx)
	if err != nil {
		return nil, err
	}
	s := &session{compiler: compiler, modules: modules, store: store, txn: txn}
	if len(req.Input) > 0 {
		input, err := ast.ValueFromReader(bytes.NewReader(req.Input))
		if err != nil {
			return nil, err
		}
		s.input = ast.NewTerm(input)
	}
	return s, nil
}

// document is nil where the term is undefined. A built-in function that fails is an error, not silence.
func (s *session) document(ctx context.Context, term *ast.Term) (ast.Value, []string, error) {
	const answer = ast.Var("answer")
	body, err := s.compiler.QueryCompiler().Compile(ast.NewBody(ast.Equality.Expr(ast.NewTerm(answer), term)))
	if err != nil {
		return nil, nil, err
	}
	printed := &printer{}
	query := topdown.NewQuery(body).
		WithCompiler(s.compiler).
		WithStore(s.store).
		WithTransaction(s.txn).
		WithStrictBuiltinErrors(true).
		WithPrintHook(printed)
	if s.input != nil {
		query = query.WithInput(s.input)
	}
	results, err := query.Run(ctx)
	if err != nil || len(results) == 0 {
		return nil, printed.lines, err
	}
	return results[0][answer].Value, printed.lines, nil
}

func evaluate(req request) (response, error) {
	ctx := context.Background()
	s, err := open(ctx, req)
	if err != nil {
		return response{}, err
	}
	term, err := parseQuery(req.Query)
	if err != nil {
		return response{}, err
	}
	value, printed, err := s.document(ctx, term)
	res := response{Printed: printed}
	if err != nil || value == nil {
		return res, err
	}
	plain, err := ast.JSON(value)
	if err != nil {
		return res, err
	}
	res.Result, err = json.Marshal(plain)
	return res, err
}

func parseQuery(text string) (*ast.Term, error) {
	body, err := ast.ParseBodyWithOpts(text, ast.ParserOptions{Capabilities: capabilities(), RegoVersion: ast.RegoV1})
	if err != nil {
		return nil, err
	}
	if term, ok := body[0].Terms.(*ast.Term); ok && len(body) == 1 {
		return term, nil
	}
	return nil, errors.New("the query is not one term")
}

const (
	testPrefix = "test_"
	skipPrefix = "todo_test_"
)

// runTests asks for each rule whose name begins with `test_`, as `opa test` does.
func runTests(req request) (response, error) {
	ctx := context.Background()
	s, err := open(ctx, req)
	if err != nil {
		return response{}, err
	}
	res := response{Tests: []test{}}
	for _, path := range slices.Sorted(maps.Keys(s.modules)) {
		for _, rule := range s.modules[path].Rules {
			name := string(rule.Head.Name)
			if name == "" {
				name = rule.Head.Ref()[0].Value.String()
			}
			if strings.HasPrefix(name, testPrefix) || strings.HasPrefix(name, skipPrefix) {
				res.Tests = append(res.Tests, s.runTest(ctx, rule, name))
			}
		}
	}
	return res, nil
}

func (s *session) runTest(ctx context.Context, rule *ast.Rule, name string) test {
	ref := rule.Module.Package.Path.Extend(rule.Head.Ref().GroundPrefix())
	t := test{Name: ref.String(), File: rule.Location.File, Row: rule.Location.Row}
	if strings.HasPrefix(name, skipPrefix) {
		t.Result = "skip"
		return t
	}
	if rule.Head.DocKind() == ast.PartialObjectDoc {
		t.Result, t.Message = "error", "cases inside one rule are only known to `opa test`: write a rule for each"
		return t
	}
	value, printed, err := s.document(ctx, ast.NewTerm(ref))
	t.Printed = printed
	switch {
	case err != nil:
		t.Result, t.Message = "error", err.Error()
	case value != nil && ast.Boolean(true).Equal(value):
		t.Result = "pass"
	default:
		t.Result = "fail"
	}
	return t
}

const maxFaults = 20

func faultsOf(err error) []fault {
	list, ok := err.(ast.Errors)
	if !ok {
		if single, ok := err.(*topdown.Error); ok {
			return []fault{located(fault{Code: single.Code, Message: single.Message}, single.Location)}
		}
		return []fault{{Code: "error", Message: err.Error()}}
	}
	var faults []fault
	for _, each := range list {
		if len(faults) < maxFaults {
			faults = append(faults, located(fault{Code: each.Code, Message: each.Message}, each.Location))
		}
	}
	return faults
}

func located(f fault, at *ast.Location) fault {
	if at != nil {
		f.File, f.Row, f.Col = at.File, at.Row, at.Col
	}
	return f
}

func encode(res response) []byte {
	text, err := json.Marshal(res)
	if err != nil {
		return []byte(`{"errors":[{"code":"response","message":"the answer cannot be written as JSON"}]}`)
	}
	return text
}
