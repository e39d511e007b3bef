@echo off
rem Casusboek from a checkout on Windows: sets up everything it needs, then does what it is asked.
setlocal EnableExtensions DisableDelayedExpansion
set "root=%~dp0"
set "scripts=%root%.venv\Scripts"
set "python=%scripts%\python.exe"
rem Without saved bytecode every start compiles every library again.
set "PYTHONDONTWRITEBYTECODE="
if defined PYTHONPATH (set "PYTHONPATH=%root%;%PYTHONPATH%") else (set "PYTHONPATH=%root%")

set "command=%~1"
set "known="
for %%c in (run test check coverage bench simulate hub storm words lock) do if "%command%"=="%%c" set "known=1"
if not defined known goto usage

rem Everything after the first word, as it was typed.
set "rest="
for /f "tokens=1,*" %%a in ("%*") do set "rest=%%b"

if "%command%"=="lock" goto lock
call :prepare_libraries || exit /b 1
call :prepare_words || exit /b 1
if "%command%"=="run" goto run
if "%command%"=="hub" goto hub
if not defined QT_QPA_PLATFORM set "QT_QPA_PLATFORM=offscreen"
cd /d "%root%"
goto %command%

:run
"%python%" -P -m desktop %rest%
exit /b %errorlevel%

:hub
"%python%" -P -m sync.hub %rest%
exit /b %errorlevel%

:storm
"%python%" -m tests.storm %rest%
exit /b %errorlevel%

:test
"%python%" -m pytest %rest%
exit /b %errorlevel%

:check
set "status=0"
echo == ruff check
"%scripts%\ruff.exe" check || set "status=1"
echo == ruff format --check
"%scripts%\ruff.exe" format --check || set "status=1"
echo == mypy
"%scripts%\mypy.exe" || set "status=1"
echo == lint-imports --no-logo
"%scripts%\lint-imports.exe" --no-logo || set "status=1"
echo == words
"%python%" -m tests.words || set "status=1"
exit /b %status%

:coverage
if not exist build\coverage mkdir build\coverage
"%python%" -m coverage erase
"%python%" -m coverage run -m pytest %rest%
set "status=%errorlevel%"
"%python%" -m coverage combine -q
"%python%" -m coverage report
exit /b %status%

:bench
"%python%" -m tests.bench %rest%
exit /b %errorlevel%

:simulate
"%python%" -m tests.sync.simulator %rest%
exit /b %errorlevel%

:words
"%python%" -m tests.words --update
exit /b %errorlevel%

:lock
cd /d "%root%"
call :find_uv || exit /b 1
"%uv%" pip compile -q --no-config --no-header --upgrade --universal --python-version 3.11 ^
    --generate-hashes --extra hub --group dev --output-file requirements.lock pyproject.toml
exit /b %errorlevel%

:prepare_libraries
if exist "%python%" (
    fc /b "%root%requirements.lock" "%root%.venv\.installed" >nul 2>&1 && exit /b 0
)
call :find_uv || exit /b 1
if not exist "%python%" (
    "%uv%" venv -q --no-project --clear --python ">=3.11" "%root%.venv" || exit /b 1
)
echo Installing the libraries of requirements.lock ... 1>&2
"%uv%" pip sync -q --no-config --require-hashes --python "%python%" "%root%requirements.lock" || exit /b 1
copy /y "%root%requirements.lock" "%root%.venv\.installed" >nul
exit /b 0

:prepare_words
set "newest="
for /f %%f in ('dir /b /o:d "%root%resources\words\nl.?o"') do set "newest=%%f"
if "%newest%"=="nl.mo" exit /b 0
"%scripts%\pybabel.exe" -q compile --locale nl --input-file "%root%resources\words\nl.po" ^
    --output-file "%root%resources\words\nl.mo"
exit /b %errorlevel%

:find_uv
if not defined UV_SYSTEM_CERTS set "UV_SYSTEM_CERTS=1"
set "uv=%root%.tools\Scripts\uv.exe"
set "system_python=py -3"
where py >nul 2>&1 || set "system_python=python"
where uv >nul 2>&1 && set "uv=uv"
if "%uv%"=="uv" goto find_server
if exist "%uv%" goto find_server
%system_python% -c "" >nul 2>&1
if errorlevel 1 (
    echo Python 3.11 or newer is needed first. Get it from your software portal, or from python.org. 1>&2
    exit /b 1
)
echo Fetching uv, which installs the libraries ... 1>&2
%system_python% -m venv "%root%.tools" || exit /b 1
"%root%.tools\Scripts\python.exe" -m pip install -q --disable-pip-version-check "uv>=0.13,<0.14" || exit /b 1

:find_server
rem An office network often has its own package server, told to pip: uv is told the same.
if defined UV_DEFAULT_INDEX exit /b 0
if defined UV_INDEX_URL exit /b 0
if defined PIP_INDEX_URL set "UV_DEFAULT_INDEX=%PIP_INDEX_URL%"
if defined PIP_INDEX_URL exit /b 0
for /f "delims=" %%s in ('%system_python% -m pip config get global.index-url 2^>nul') do set "UV_DEFAULT_INDEX=%%s"
exit /b 0

:usage
echo usage: dev run [ARGUMENTS]   start the program; with a command (find, import, ...) do that without a window
echo        dev test [ARGUMENTS]  run the tests; arguments go to pytest
echo        dev check             look at style, types, layers and words
echo        dev coverage          run the tests and say which lines they do not reach
echo        dev bench [NAME]      measure, beside the goals
echo        dev simulate          play thousands of seeded schedules of sharing; --bugs shows that they find bugs
echo        dev hub [ARGUMENTS]   serve circles to their members: the server of sharing
echo        dev storm [--minutes N]  all the trouble there is; only on Linux
echo        dev words             gather the texts of the screen into resources\words\nl.po, ready to translate
echo        dev lock              renew requirements.lock from pyproject.toml
if "%command%"=="" exit /b 0
if "%command%"=="help" exit /b 0
exit /b 2
