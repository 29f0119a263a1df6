cd /work/main; echo locked $(date); export PYTHONPATH=. MASKBOOK_QUIET=1
cp /tmp/w/n11/newpool/hands1_160_00?.npz runs/cache/
if [ $(date +%H%M) -lt 2100 ]; then .venv/bin/python /tmp/w/n11/shiprun2.py 1500 > /tmp/w/n11/shiprun2.log 2>&1; echo ship2 done $(date); fi
.venv/bin/python /tmp/w/n11/study_exec.py; echo study done $(date)
.venv/bin/jupytext --to ipynb -o notebooks/11_hand_segmentation.ipynb /tmp/w/n11/11.py
MASKBOOK_DATA=/work/shared/data .venv/bin/python -m helpers run 11 --real --out /tmp/w/run11real; echo real done $(date)
.venv/bin/python -m helpers run 11 --store --out /tmp/w/run11; echo stored $(date)
