/**
 * Asked of the machine's Python, in an empty folder: which it is, whether pytest is there, and which of the distributions that the documents on stdin
 * (a JSON list of [path, text]) require are not. Prints JSON.
 */
export const PYTHON_PROBE = `
import importlib.metadata, json, platform, re, site, sys
try:
    import tomllib
except ImportError:
    tomllib = None

def version(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None

def required(path, text):
    if not path.endswith('.toml'):
        return [line for line in text.splitlines() if re.match(r'\\s*[A-Za-z0-9]', line)]
    if tomllib is None:
        return []
    try:
        project = tomllib.loads(text).get('project', {})
    except tomllib.TOMLDecodeError:
        return []
    extras = project.get('optional-dependencies', {})
    return [*project.get('dependencies', []), *extras.get('test', []), *extras.get('tests', [])]

missing = []
for path, text in json.load(sys.stdin):
    for requirement in required(path, text):
        name, _, marker = str(requirement).partition(';')
        name = re.match(r'\\s*([A-Za-z0-9][A-Za-z0-9._-]*)', name)
        if name and not marker and version(name.group(1)) is None:
            missing.append([path, name.group(1)])
print(json.dumps({
    'python': sys.executable, 'version': platform.python_version(), 'pytest': version('pytest'), 'coverage': version('coverage'),
    'userbase': site.getuserbase(), 'missing': missing,
}))
`;

/**
 * Runs pytest on one file, and tells the harness of each test over descriptor 3, behind a word that it reads from stdin before there is any code of the product:
 * only then do the product's folders come to the search path.
 */
export const PYTEST_MAIN = `
import json, os, sys

word = sys.stdin.buffer.read()

def send(value, write=os.write, dumps=json.dumps):
    line = word + dumps({key: each for key, each in value.items() if each is not None}).encode() + b'\\n'
    while line:
        line = line[write(3, line):]

send({'type': 'loaded'})

import pytest

def crash_of(report):
    return getattr(getattr(report, 'longrepr', None), 'reprcrash', None)

class Reporter:
    def __init__(self):
        self.cases = 0
        self.failed = False
        self.told = {}

    def tell(self, report, status, message=None):
        self.cases += 1
        self.failed = self.failed or status == 'failed'
        self.told[report.nodeid] = status
        path, line, _ = report.location
        crash = crash_of(report)
        at = line + 1 if line is not None else None
        if status == 'failed' and crash is not None and str(crash.path).endswith(path):
            at = crash.lineno
        name = report.nodeid.split('::', 1)[-1].replace('::', ' > ')
        send({'type': 'case', 'name': name, 'status': status, 'line': at, 'message': message})

    def message(self, report):
        crash = crash_of(report)
        head = crash.message + '\\n' if crash is not None else ''
        return (head + report.longreprtext)[:4000]

    def pytest_runtest_logreport(self, report):
        before = self.told.get(report.nodeid)
        if report.failed and before != 'failed':
            self.tell(report, 'failed', self.message(report))
        elif report.skipped and before is None:
            self.tell(report, 'skipped')
        elif report.when == 'teardown' and before is None:
            self.tell(report, 'passed')

    def pytest_collectreport(self, report):
        if report.failed:
            send({'type': 'broken', 'message': report.longreprtext[:4000]})

    def pytest_collection_finish(self, session):
        if session.items:
            send({'type': 'begun'})

    def pytest_sessionfinish(self, session):
        # A run that was told to stop has no last word.
        if self.failed or self.cases >= session.testscollected:
            send({'type': 'summary', 'success': not self.failed, 'cases': self.cases})

data = os.environ.pop('AGENTNEXUS_COVERAGE', None)
measured = None
if data is not None:
    # Before there is anything of the product on the search path.
    import coverage
    measured = coverage.Coverage(data_file=data, data_suffix=True, config_file=False, source=[os.getcwd()])
    measured.set_option('report:include_namespace_packages', True)
    measured.start()

sys.path[0:1] = [os.getcwd(), *(path for path in [os.path.join(os.getcwd(), 'src')] if os.path.isdir(path))]
code = pytest.main(sys.argv[1:], plugins=[Reporter()])
if measured is not None:
    measured.stop()
    measured.save()
sys.exit(code)
`;
