#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of scripts/check with a table of steps made for it: counting, failing, shards, resuming."""
import os
import subprocess
import time

import tap

STEPS = """
all_steps()
{
	prepare build setup "echo built >> $CALLS"
	needs=build
	step good group 10 "echo good >> $CALLS; echo ok 1 - a; echo ok 2 - b '# SKIP no such'"
	step plain group 10 "echo plain >> $CALLS"
	needs=''
	step unstable other 10 "echo unstable >> $CALLS; test -e $MENDED"
	[[ -z $all ]] || step long other 40 "echo long >> $CALLS"
}
"""


class Tree:
    """A repository with nothing but the runner; what its steps did is in a file."""

    def __init__(self, root):
        self.root, self.calls, self.mended = root / "tree", root / "calls", root / "mended"
        self.cache = root / "cache"
        files = ["check", "lab/lib.sh", "lab/config.sh"]
        tap.write(self.root, {f"scripts/{name}": (tap.SCRIPTS / name).read_bytes()
                              for name in files})
        (self.root / "scripts/check").chmod(0o755)
        self.steps(STEPS)
        self.git("init", "-q")
        self.commit()

    def git(self, *arguments):
        subprocess.run(["git", "-c", "user.name=test", "-c", "user.email=test", *arguments],
                       cwd=self.root, check=True)

    def steps(self, text):
        tap.write(self.root, {"scripts/check-steps.sh": text})

    def commit(self):
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "test")

    def check(self, *arguments):
        """(exit code, output, the steps that ran)"""
        self.calls.unlink(missing_ok=True)
        jobs = [] if "--jobs" in arguments else ["--jobs", "1"]
        environment = {**os.environ, "CALLS": str(self.calls), "MENDED": str(self.mended),
                       "KVM_RISCV_CACHE": str(self.cache)}
        done = subprocess.run([self.root / "scripts/check", *jobs, *arguments], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                              env=environment)
        ran = self.calls.read_text().split() if self.calls.exists() else []
        return done.returncode, done.stdout, ran


def expect(got, code, last, ran):
    assert got[0] == code, f"exit code {got[0]} instead of {code}:\n{got[1]}"
    assert got[1].splitlines()[-1] == last, f"last line:\n{got[1]}"
    assert got[2] == ran, f"ran {got[2]} instead of {ran}:\n{got[1]}"


def test_counts(root):
    tree = Tree(root)
    expect(tree.check(), 1, "3 passed, 1 failed, 1 skipped",
           ["built", "good", "plain", "unstable"])
    tree.mended.touch()
    expect(tree.check(), 0, "4 passed, 0 failed, 1 skipped",
           ["built", "good", "plain", "unstable"])


def test_jobs(root):
    """Two at once, each with its own result; what is made is complete before they start."""
    tree = Tree(root)
    tree.steps("""
all_steps()
{
	prepare build setup "sleep 1; echo built >> $CALLS"
	needs=build
	step slow g 1 "echo start >> $CALLS; sleep 1; echo ok 1 - slow; echo slow >> $CALLS"
	step quick g 1 "echo quick >> $CALLS; echo not ok 1 - quick"
	prepare other setup "echo other >> $CALLS"
	needs=other
	step last g 1 "echo last >> $CALLS"
}
""")
    got = tree.check("--jobs", "2")
    assert got[2][3:] == ["slow", "other", "last"], got[2]
    assert sorted(got[2][:3]) == ["built", "quick", "start"] and got[2][0] == "built", got[2]
    expect(got, 1, "4 passed, 1 failed", got[2])
    assert "ok     slow" in got[1] and "FAILED quick" in got[1], got[1]


def test_interrupt(root):
    """Nothing goes on running."""
    tree = Tree(root)
    tree.steps('all_steps() { step bad g 1 "echo bad >> $CALLS; sleep 3; echo late >> $CALLS"; }')
    environment = {**os.environ, "CALLS": str(tree.calls), "KVM_RISCV_CACHE": str(tree.cache)}
    with subprocess.Popen([tree.root / "scripts/check"], env=environment,
                          stdout=subprocess.DEVNULL) as process:
        while not tree.calls.exists():
            time.sleep(0.1)
        process.terminate()
        assert process.wait(2) == 130
    time.sleep(4)
    assert tree.calls.read_text() == "bad\n", tree.calls.read_text()


def test_not_ok(root):
    """A step that says "not ok" failed, whatever its exit code."""
    tree = Tree(root)
    tree.steps('all_steps() { step bad g 1 "echo ok 1; echo not ok 2 - b"; }')
    got = tree.check()
    expect(got, 1, "1 passed, 1 failed", [])
    assert "not ok 2 - b" in got[1] and "FAILED bad" in got[1], got[1]


def test_broken_table(root):
    tree = Tree(root)
    tree.steps("all_steps() { step $nothing; }")
    assert tree.check()[0] != 0
    tree.steps("all_steps() { :; }")
    assert tree.check()[0] != 0


def test_unknown_name(root):
    tree = Tree(root)
    assert tree.check("plain", "nothing")[0::2] == (1, [])
    assert tree.check("--nothing")[0::2] == (2, [])
    for shard in ("3/2", "0/2", "1", "a/b", "1/0", ""):
        assert tree.check("--shard", shard)[0::2] == (2, []), shard


def test_needed(root):
    """What a step needs is made first, and only then."""
    tree = Tree(root)
    expect(tree.check("plain"), 0, "2 passed, 0 failed", ["built", "plain"])
    expect(tree.check("unstable"), 1, "0 passed, 1 failed", ["unstable"])
    expect(tree.check("setup"), 0, "1 passed, 0 failed", ["built"])


def test_resume(root):
    """--all runs again what failed, and sums up everything."""
    tree = Tree(root)
    everything = ["built", "good", "plain", "unstable", "long"]
    expect(tree.check("--all"), 1, "4 passed, 1 failed, 1 skipped", everything)
    tree.mended.touch()
    expect(tree.check("--all"), 0, "5 passed, 0 failed, 1 skipped", ["unstable"])
    expect(tree.check("--all"), 0, "5 passed, 0 failed, 1 skipped", [])
    expect(tree.check("--all", "--fresh"), 0, "5 passed, 0 failed, 1 skipped", everything)
    # Without --all nothing is left out.
    expect(tree.check(), 0, "4 passed, 0 failed, 1 skipped", everything[:4])


def test_other_tree(root):
    """Results belong to a commit, to a tree without changes, and to a command."""
    tree = Tree(root)
    tree.mended.touch()
    everything = ["built", "good", "plain", "unstable", "long"]
    tree.check("--all")
    tap.write(tree.root, {"new": "file"})
    for _ in range(2):
        expect(tree.check("--all"), 0, "5 passed, 0 failed, 1 skipped", everything)
    tree.commit()
    expect(tree.check("--all"), 0, "5 passed, 0 failed, 1 skipped", everything)
    expect(tree.check("--all"), 0, "5 passed, 0 failed, 1 skipped", [])


def test_changed_meanwhile(root):
    """A tree that changes while a step runs records nothing."""
    tree = Tree(root)
    tree.steps('all_steps() { step bad g 1 "echo bad >> $CALLS; touch scripts/new"; }')
    tree.commit()
    tree.check("--all")
    (tree.root / "scripts/new").unlink()
    expect(tree.check("--all"), 0, "1 passed, 0 failed", ["bad"])


def test_shards(root):
    """Each step is in one shard; the costs are spread; the last shard's summary counts all."""
    tree = Tree(root)
    tree.mended.touch()
    first = tree.check("--all", "--shard", "1/2")
    expect(first, 0, "4 passed, 0 failed, 1 skipped", ["built", "good", "plain", "unstable"])
    assert "long: not run" in first[1], first[1]
    expect(tree.check("--all", "--shard", "2/2"), 0, "5 passed, 0 failed, 1 skipped", ["long"])
    expect(tree.check("--all"), 0, "5 passed, 0 failed, 1 skipped", [])


def test_failure_of_other_shard(root):
    """A failure that another shard recorded fails the summary."""
    tree = Tree(root)
    tree.check("--all", "--shard", "1/2")
    expect(tree.check("--all", "--shard", "2/2"), 1, "4 passed, 1 failed, 1 skipped", ["long"])


tap.main([
    ("results are counted", test_counts),
    ("several steps run at once", test_jobs),
    ("an interrupt ends the steps", test_interrupt),
    ("a line that is not ok fails", test_not_ok),
    ("a table with errors or without steps fails", test_broken_table),
    ("an unknown name or option fails", test_unknown_name),
    ("what a step needs is made", test_needed),
    ("--all goes on where it stopped", test_resume),
    ("results are of one commit", test_other_tree),
    ("nothing is recorded when the tree changes meanwhile", test_changed_meanwhile),
    ("shards share the steps", test_shards),
    ("a failure of another shard is not forgotten", test_failure_of_other_shard),
])
