# make demo    install what is missing, build, certify the digits CNN and show the report
# make test    install what is missing, and check everything
# make bench   measure beside ONNX Runtime, PyTorch and foolbox, and write docs/benchmarks.md
# make experiments  run the published experiments in full and write docs/experiments.md
# make models  write docs/models.md: networks as exporters write them, beside ONNX Runtime and PyTorch
SWIFT ?= swift
BUILD_FLAGS = -c release -Xswiftc -enable-testing
CERTIFY = .build/release/certify

.PHONY: demo test bench models experiments build lint format dependencies

demo: dependencies
	$(SWIFT) build $(BUILD_FLAGS) --product certify
	$(CERTIFY) run fixtures/models/digits_cnn.onnx --data fixtures/data/digits_test.npz --first 40 \
	  --samples 10000 --sigma 0.25 --policy fixtures/policies/digits.yml --out out/demo --overwrite
	cat out/demo/report.md

test: dependencies
	scripts/check

models: dependencies
	$(SWIFT) build $(BUILD_FLAGS) --product certify
	python3 Benchmarks/peers/models.py --certify $(CERTIFY) --zoo out/zoo --out docs/models.md

# EXPERIMENTS names some of them; DATA is a directory of data that are not part of the project.
EXPERIMENTS ?= --all
experiments: dependencies
	$(SWIFT) build $(BUILD_FLAGS) --product certify
	$(CERTIFY) experiment $(EXPERIMENTS) $(if $(DATA),--data $(DATA)) --out docs/experiments \
	  --gallery docs/experiments.md

bench: dependencies
	Benchmarks/run --readme README.md

build: dependencies
	$(SWIFT) build $(BUILD_FLAGS)

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests

format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests

dependencies:
	@scripts/install-dependencies
