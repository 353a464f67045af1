"""Words from files are words: no shell, no gnuplot and no terminal takes them for orders, and no path in a table leads
out of its folder."""
import json
import pathlib
import sys
import unicodedata

from _latent import Workplace, expect, expect_error, files_below, latent

ORDERS = ["`touch pwned`", "$(touch pwned)", "'; system('touch pwned'); '", "\"; system(\"touch pwned\") #",
          "x' ; !touch pwned", "two\nlines\nsystem 'touch pwned'", "\x1b]0;pwned\x07\x1b[31mred", "@END %s%n{}", "a,b;\\",
          "\u009b2Jlate"]


def write_table(path):
    quoted = ['"' + word.replace('"', '""') + '"' for word in ORDERS]
    rows = [f"{i % 7},{i % 5},{i % 3},{quoted[i % len(quoted)]}" for i in range(90)]
    path.write_text("\n".join([f"x,y,z,{quoted[0]}"] + rows) + "\n", newline="")


with Workplace() as here:
    folder = here / "in `touch pwned`; 'x'"
    folder.mkdir()
    write_table(folder / "t.csv")
    config = here / "t.json"
    config.write_text(json.dumps({
        "data": {"name": "table", "file": str(folder / "t.csv"), "label": ORDERS[0]},
        "model": {"encoder": {"name": "dense", "hidden": []}, "latent_dim": 2},
        "objective": {"likelihood": "gaussian"}, "train": {"epochs": 1}}))
    run = folder / "run $(touch pwned)"
    latent("train", config, "--run", run)
    for plot in ("latents", "histograms", "losses"):
        for extension in ("png", "svg"):
            latent("plot", plot, "--run", run, "--out", here / f"{plot}.{extension}")
            expect((here / f"{plot}.{extension}").stat().st_size > 500, f"a chart of {plot}")
    expect("touch pwned" in (here / "latents.svg").read_text(), "the words themselves in the chart")
    latent("encode", "--run", run, "--out", here / "z.csv")
    for command in (["data", "check", config], ["probe", "--run", run], ["detect", "--run", run]):
        for arguments in (command, [*command, "--json"]):
            said = latent(*arguments).stdout
            controls = [letter for letter in said if letter != "\n" and unicodedata.category(letter) == "Cc"]
            expect(not controls, f"harmless words of {command[0]}, got {said!r}")
            if command[0] == "data":
                expect("[31mred" in said and "2Jlate" in said, f"the words themselves, got {said!r}")

    # What a message quotes of a file comes as one line without control characters.
    (folder / "t.csv").write_text("x,y\n1,2\n3,\"\x1b[2Jfour\nfive\"\n")
    said = latent("train", config, "--run", here / "other", "--set", "data.label=", code=1).stderr
    expect("\x1b" not in said and said.count("\n") == 1 and "?[2Jfour five" in said, f"one harmless line, got {said!r}")
    expect_error("nested deeper than 32", "train", config, "--set", "data.name=" + "[" * 50000 + "]" * 50000)

    pwned = [name for name in files_below(here) if pathlib.Path(name).name.endswith("pwned")]
    expect(not pwned and not pathlib.Path("pwned").exists(), f"no order to be obeyed, got {pwned}")
    sys.exit(0)
