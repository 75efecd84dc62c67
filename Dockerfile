# The one image of docs/kubernetes: the UI, its runs, and Ray's head and workers. No engine was there to build it; a test carries out what it can.
#   docker build -t registry.example/wrapped-assets:0.1.0 .
ARG PYTHON=python:3.11-slim-bookworm
FROM ${PYTHON} AS environment
COPY requirements/run.txt requirements/ray.txt requirements/kubernetes.txt /requirements/
RUN python -m venv /opt/wrapped \
    && for file in run ray kubernetes; do \
        /opt/wrapped/bin/pip install --no-cache-dir --progress-bar off --disable-pip-version-check --no-input --no-deps --require-hashes \
            -r "/requirements/$file.txt" || exit 1; \
    done
COPY wrapped_assets /opt/wrapped-assets/wrapped_assets
RUN echo /opt/wrapped-assets >"$(/opt/wrapped/bin/python -c 'import site; print(site.getsitepackages()[0])')/wrapped_assets_checkout.pth" \
    && printf '#!/opt/wrapped/bin/python\nimport sys\nfrom wrapped_assets.cli import main\nsys.exit(main())\n' >/opt/wrapped/bin/wrapped \
    && chmod 755 /opt/wrapped/bin/wrapped \
    && /opt/wrapped/bin/python -c 'from wrapped_assets.planning.loaded import compile_all; compile_all()'

FROM ${PYTHON}
RUN groupadd --gid 1000 wrapped \
    && useradd --uid 1000 --gid 1000 --create-home wrapped \
    && install --directory --owner 1000 --group 1000 --mode 700 /srv/wrapped
COPY --from=environment /opt/wrapped /opt/wrapped
COPY --from=environment /opt/wrapped-assets /opt/wrapped-assets
ENV PATH=/opt/wrapped/bin:$PATH WRAPPED_DATA=/srv/wrapped/data RAY_USAGE_STATS_ENABLED=0
USER 1000:1000
WORKDIR /home/wrapped
RUN /opt/wrapped/bin/python -c 'from wrapped_assets.building.known_code import known_code; known_code()'
CMD ["wrapped", "--help"]
