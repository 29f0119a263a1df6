import sys,time
from pathlib import Path
from helpers.scenes import hands_snapshots as hs
for p in range(int(sys.argv[1]),int(sys.argv[2]),2):
    t=time.time(); hs._kept(Path('/tmp/w/n11/newpool'),p,160); print(p,time.time()-t,flush=True)
