"""latent compare and latent report: what differs between runs, beyond chance; a run and a sweep as one HTML file."""
import html.parser
import math
import pathlib

from _latent import Workplace, expect, expect_error, have_codecs, latent, latent_json, write_config

SHORT = {"train": {"epochs": 2, "pictures_every": 0}}


def train(here, name, *settings, change=None):
    more = [word for setting in settings for word in ("--set", setting)]
    latent("train", write_config(here, {**SHORT, **(change or {})}), "--run", name, "--quiet", *more)


def compare(here):
    for seed in (0, 1):
        train(here, f"a{seed}", f"train.seed={seed}")
        train(here, f"b{seed}", f"train.seed={seed}", "model.latent_dim=1")
    pair = latent_json("compare", "a0", "b0")
    expect(pair["differences"] == {"model.latent_dim": ["4", "1"]}, f"one key, got {pair['differences']}")
    expect({each["verdict"] for each in pair["tests"]} == {"not known: one seed each"}, f"no verdict on one seed, got {pair['tests']}")
    names = [each["figure"] for each in pair["tests"]]
    expect("psnr" in names and "mse" in names and "elbo" in names and "loss" not in names, f"figures of each image, got {names}")
    for each in pair["tests"]:
        first, second = (pair["figures"][each["figure"]][i]["value"] for i in (0, 1))
        expect(abs(each["difference"] - (second - first)) < 1e-5 * max(1, abs(first)), f"the difference of the figures, got {each}")
        expect(each["images"]["low"] <= each["difference"] <= each["images"]["high"] and each["seeds"] is None, f"an interval, got {each}")
    expect(pair["written"] == ["a0/images/compare/reconstructions.png", "a0/images/compare/loss.png"], f"pictures, got {pair['written']}")
    expect(all((here / name).stat().st_size > 2000 for name in pair["written"]), "pictures that are not blank")
    psnr = latent_json("evaluate", "--run", "b0")["measures"]["psnr"]
    expect(abs(psnr["value"] - pair["figures"]["psnr"][1]["value"]) < 1e-12, "the figures of latent evaluate")

    same = latent_json("compare", "a0", "a1", "--out", "same")
    expect({each["verdict"] for each in same["tests"]} == {"another seed of the same config"}, f"the seed alone, got {same['tests']}")
    expect(same["written"][0] == "same/reconstructions.png", f"--out, got {same['written']}")

    four = latent_json("compare", "a0", "b0", "a1", "b1", "--measure", "psnr")
    expect(list(four["figures"])[-1] == "psnr" and len(four["tests"]) == 1, f"one figure, got {four['figures']}")
    test = four["tests"][0]
    expect(test["first"] == [0, 2] and test["second"] == [1, 3] and test["seeds"]["p"] == test["p_adjusted"], f"two groups, got {test}")
    means = [four["figures"]["psnr"][i]["value"] for i in range(4)]
    expect(abs(test["difference"] - (means[1] + means[3] - means[0] - means[2]) / 2) < 1e-5, f"a difference of means, got {test}")
    text = latent("compare", "a0", "b0", "a1", "b1").stdout
    expect("B, D minus A, C" in text and "model.latent_dim" in text, f"the runs by letters, got {text}")

    train(here, "gaussian", "objective.likelihood=gaussian")
    other = latent_json("compare", "a0", "gaussian", "--out", "g")
    expect(other["written"][1] == "g/nll.png", "no loss curves of different objectives in one chart")


def compare_errors(here):
    expect_error("expected two runs or more: latent compare RUN RUN...", "compare", "a0", code=2)
    expect_error("./a0: named twice; expected each run once", "compare", "a0", "./a0", code=2)
    expect_error("nowhere: no such run", "compare", "a0", "nowhere")
    (here / "empty").mkdir()
    expect_error("empty: not a run of latent train: config.json is missing", "compare", "a0", "empty")
    expect_error("--out x.png: several pictures are written; expected a folder", "compare", "a0", "a1", "--out", "x.png", code=2)
    expect_error("--checkpoint first: expected best or last", "compare", "a0", "a1", "--checkpoint", "first", code=2)
    train(here, "more", "data.count=2000")
    train(here, "larger", "data.size=[20,20]")
    for name in ("more", "larger"):
        expect_error(f"{name}: its test split has other examples than that of a0; expected runs of the same data", "compare", "a0", name)


def rates(here):
    made = latent_json("plot", "rd", "--run", "b0", "--run", "a0")
    expect(made["written"] == ["b0/images/plot/rd.png"], f"the default place, got {made['written']}")
    names = [point["name"] for point in made["points"]]
    model = [point for point in made["points"] if point["name"].startswith("model, ideal bits")]
    expect(len(model) == 2 and model[0]["bits"] <= model[1]["bits"] and "PCA, ideal Gaussian code" in names, f"two runs and PCA, got {names}")
    kl = sum(latent_json("evaluate", "--run", "a0")["kl_per_latent"]) / math.log(2)
    expect(any(abs(point["bits"] - kl) < 1e-6 * kl for point in model), f"the KL divergence in bits, {kl}, got {model}")
    expect(have_codecs() == ("WebP, whole file" in names) == ("JPEG, without header" in names), f"codecs, got {names}")
    train(here, "point", change={"model": {"bottleneck": "point"}})
    expect_error("point: its latents have no distribution, so they have no rate", "plot", "rd", "--run", "point")


class Page(html.parser.HTMLParser):
    """What a browser would load or run, and the texts."""

    def __init__(self, path):
        super().__init__()
        self.tags, self.images, self.texts, self.policy = [], [], [], ""
        self.feed(pathlib.Path(path).read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        values = dict(attributes)
        if tag == "img":
            self.images.append(values)
        if values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values["content"]
        for name in values:
            expect(name in ("alt", "src", "class", "id", "href", "lang", "charset", "http-equiv", "content", "name"), f"no attribute {name} of {tag}")
        expect(values.get("href", "#").startswith("#"), f"links within the page alone, got {values}")

    def handle_data(self, data):
        self.texts.append(data)


def expect_safe(page):
    allowed = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "nav", "a", "p", "table", "tr", "th", "td", "pre", "img", "details", "summary"}
    expect(set(page.tags) <= allowed, f"no other elements, got {set(page.tags) - allowed}")
    expect(page.policy.startswith("default-src 'none'; img-src data:; style-src 'sha256-"), f"a policy, got {page.policy}")
    expect(all(image["src"].startswith("data:image/png;base64,") for image in page.images), "pictures in the file")


def report(here):
    found = latent_json("report", "--run", "a0", "--out", "a0.html")
    expect(found["written"] == ["a0.html"] and (here / "a0.html").stat().st_size < 5e6, f"a page, got {found}")
    page = Page("a0.html")
    expect_safe(page)
    alts = [image["alt"] for image in page.images]
    for part in ("Loss", "Reconstructions", "Worst reconstructions", "Best reconstructions", "Samples: prior", "Samples: gmm", "Traversals",
                 "Latent space", "Latents one by one"):
        expect(part in alts, f"the part {part}, got {alts}")
    expect("Samples: manifold" not in alts, "no manifold of four latents")
    text = "\n".join(page.texts)
    for part in ("variational autoencoder with 4 latents", "psnr", "latent traverse --run a0", '"latent_dim": 4', "Measured on 64 test images"):
        expect(part in text, f"{part!r} in the page")

    # A name that is markup and shell is text and one word.
    name = "<b onclick=alert(1)> $(touch x) 'q'"
    train(here, name, "model.latent_dim=2")
    latent("report", "--run", name, "--out", "odd.html")
    page = Page("odd.html")
    expect_safe(page)
    expect(f"Run {name}" in page.texts and "Samples: manifold" in [image["alt"] for image in page.images], "the name as it is")
    quoted = "'" + name.replace("'", "'\\''") + "'"
    expect(any(f"latent traverse --run {quoted}" in text for text in page.texts), "a command that a shell reads")
    expect(not (here / "x").exists(), "no command to be run")

    # A part that cannot be drawn costs only itself.
    (here / "bin").mkdir()
    latent("report", "--run", "a0", "--out", "bare.html", env={"PATH": str(here / "bin")})
    page = Page("bare.html")
    expect(any("not drawn: " in text and "gnuplot" in text for text in page.texts) and len(page.images) >= 5, "a page without charts")


def report_at_the_end(here):
    train(here, "with", "train.report=true")
    expect_safe(Page("with/report.html"))
    latent("train", "--run", "with", "--resume", "--set", "train.report=false", "--quiet")


def sweep_report(here):
    config = write_config(here, SHORT)
    latent("sweep", config, "--over", "model.latent_dim=1,2", "--seeds", 2, "--out", "sizes", "--measure", "mse")
    latent("report", "--sweep", "sizes", "--out", "sizes.html")
    page = Page("sizes.html")
    expect_safe(page)
    expect("mse by model.latent_dim" in [image["alt"] for image in page.images] and "001-latent_dim=1-seed=0" in page.texts, f"charts and trainings")


def report_errors(here):
    expect_error("latent report: expected --run DIR or --sweep DIR, one of them", "report", code=2)
    expect_error("latent report: expected --run DIR or --sweep DIR, one of them", "report", "--run", "a0", "--sweep", "sizes", code=2)
    expect_error("--out a.pdf: expected a .html file", "report", "--run", "a0", "--out", "a.pdf", code=2)
    expect_error("nowhere: no such run", "report", "--run", "nowhere")
    expect_error("a0: not a sweep: sweep.json is missing", "report", "--sweep", "a0")


with Workplace() as here:
    compare(here)
    compare_errors(here)
    rates(here)
    report(here)
    report_at_the_end(here)
    sweep_report(here)
    report_errors(here)
