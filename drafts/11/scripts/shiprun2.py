"""The notebook's ship cells, run apart from its lesson, with the lock held only while training."""
import re,sys,time,fcntl,os
os.environ['MASKBOOK_QUIET']='1'
src=open('/tmp/w/n11/11.py').read()
parts=re.split(r'^# %%(.*)$',src,flags=re.M)[1:]
cells=[c for h,c in zip(parts[::2],parts[1::2]) if 'markdown' not in h]
def cell(mark): return next(c for c in cells if mark in c)
g={'__name__':'x'}
exec(cell('seed: int'),g); g['ship_steps']=int(sys.argv[1]); g['precision']='mixed_bfloat16'
exec(cell('import datetime'),g)
exec('runtime.start(seed)\nkeras.config.set_dtype_policy(precision)\ncv2.setNumThreads(1)',g)
exec('size=(height,height*4//3)\ntest_x,test_y=datasets.hands("test","generated",size,counts=(0,0,200)).arrays()',g)
exec(cell('def far_sighted'),g); exec(cell('def overlap'),g)
print('pool',time.ctime(),flush=True)

g['pool']=g['hands_snapshots'].pool(2500,g['paths'].RUNS/'cache')
print(g['pool']['layers'].shape,time.ctime(),flush=True)
os.nice(0)
print('locked',time.ctime(),flush=True); t=time.time()
code=cell('if ship_steps:\n    began')
exec(code,g)
print('saved',time.time()-t,g['models'].card('hands')['scores'],flush=True)

sys.path.insert(0,'/tmp/w/n11')
import ship
g['keras'].config.set_dtype_policy('float32')
ship.evaluate(g['models'].load('hands'),'/tmp/w/n11/shipped2.png')
